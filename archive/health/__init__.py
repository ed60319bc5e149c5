"""How the sites of a collection fare: the figures of each run, and what they say against a site's own history.

    for health in site_health(Collection(path)):
        print(health.domain, health.state, health.sentence)

`SiteHealth.changes` holds one sentence for each thing that changed, `SiteHealth.days` the figures over time;
`HealthState.is_alarm` tells whether somebody should look. `site_runs` gives the figures of every run as they were kept
(`runs_by_site` those of one site at a time), `health_of` judges one site by them, and `judge` is the pure part of that,
which knows nothing of site files.
"""

from archive.health.change import Change, HealthState
from archive.health.figures import Ending, PageFigures, SiteFigures
from archive.health.judgement import SiteDay, SiteHealth, health_of, judge, site_health
from archive.health.runs import ListSeen, RunKind, SiteRun, runs_by_site, site_runs

__all__ = [
    "Change",
    "Ending",
    "HealthState",
    "ListSeen",
    "PageFigures",
    "RunKind",
    "SiteDay",
    "SiteFigures",
    "SiteHealth",
    "SiteRun",
    "health_of",
    "judge",
    "runs_by_site",
    "site_health",
    "site_runs",
]
