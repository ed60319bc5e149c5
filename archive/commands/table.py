"""Every command: where it is, and what help and a shell's completion say of it. Loads none of them."""

from typing import NamedTuple


class Command(NamedTuple):
    """Where a command is, `module:function`, or `module:app` where it is a group itself; what it does, in a line."""

    place: str
    does: str


#: Where each command is, and what help says of it.
COMMANDS = {
    "clean": Command("archive.commands.clean:clean", "Clean a page, a text, a folder of pages, or many by --jsonl."),
    "extract": Command("archive.commands.extract:extract", "Rebuild records from the WARC files they were made of."),
    "learn": Command("archive.commands.learn:learn", "Learn each site's repeated text and places anew."),
    "schema": Command("archive.commands.schema:of_records", "Print the JSON Schema of a record line."),
    "export": Command("archive.commands.datasets:export", "Make a data set with its card and manifest, or check one."),
    "import": Command(
        "archive.commands.datasets:import_corpus", "Import pages and texts as WARC records, and make records."
    ),
    "search": Command("archive.commands.research:search", "Find articles by the words of their headline and text."),
    "source": Command("archive.commands.research:source", "Show where a record, or a passage of it, was captured."),
    "correct": Command("archive.commands.correct:correct", "Put right what a block is, or what a field holds."),
    "history": Command("archive.commands.research:history", "List the captures of a page and what changed."),
    "verify": Command("archive.commands.verify:verify", "Verify digests, references, index, records and signatures."),
    "copy": Command("archive.commands.copy:copy", "Copy what is new to all copies of a collection."),
    "restore": Command("archive.commands.copy:restore", "Rebuild a collection from a copy, and verify the whole."),
    "report": Command("archive.commands.report:report", "Write an HTML page on how a collection and its sites fare."),
    "index": Command("archive.commands.verify:index", "Rebuild the index and the store of payloads seen."),
    "wacz": Command("archive.commands.replay:wacz", "Pack a collection as WACZ, which replayweb.page opens."),
    "replay": Command("archive.commands.replay:replay", "Show captured pages in a browser, with pywb."),
    "key": Command("archive.commands.groups:key", "Keys that sign packages and logs."),
    "log": Command("archive.commands.custody:log", "List crawls, imports, takedowns, exports and packages."),
    "site": Command("archive.commands.groups:site", "Site files: list, draft, check and explain them."),
    "alarms": Command("archive.commands.alarms_app:app", "What is wrong with a collection, and who hears of it."),
    "schedule": Command("archive.commands.groups:schedule", "Crawls that run themselves: when, and how they went."),
}
SITE_COMMANDS = {
    "list": Command("archive.commands.site:list_sites", "List the configured sites."),
    "schema": Command("archive.commands.schema:of_sites", "Print the JSON Schema of site files, for editors."),
    "explain": Command("archive.commands.site:explain_page", "Show what decided each block and field of a page."),
    "health": Command("archive.commands.report:health", "Show how sites fare and what changed."),
}
KEY_COMMANDS = {
    "new": Command("archive.commands.key:new", "Make a key that only you may read."),
    "show": Command("archive.commands.key:show", "Print a key's fingerprint."),
}
SCHEDULE_COMMANDS = {
    "list": Command("archive.commands.schedule:list_schedule", "Print the next run times of each site."),
    "now": Command("archive.commands.schedule:now", "Crawl a site as soon as can be."),
    "pause": Command("archive.commands.schedule:pause", "Begin no more runs, of a site or of all."),
    "resume": Command("archive.commands.schedule:resume", "Take back a pause."),
    "status": Command("archive.commands.schedule:status", "Say what each site does now, and when it is next due."),
    "install": Command("archive.commands.schedule:install", "Print a unit that keeps the schedule running."),
    "metrics": Command("archive.commands.metrics:metrics", "Serve a collection's figures for Prometheus."),
    "schema": Command("archive.commands.schema:of_settings", "Print the JSON Schema of collection.yaml, for editors."),
}
#: What the program and its groups are for, by how they are called, and what commands they have.
GROUPS: dict[tuple[str, ...], tuple[str, dict[str, Command]]] = {
    (): ("Archives news sites faithfully as WARC and makes clean, labelled data sets from them.", COMMANDS),
    ("site",): (COMMANDS["site"].does, SITE_COMMANDS),
    ("key",): (COMMANDS["key"].does, KEY_COMMANDS),
    ("schedule",): (COMMANDS["schedule"].does, SCHEDULE_COMMANDS),
}
