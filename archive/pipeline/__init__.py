"""From an exchange in a WARC to its record line: the judgement, and the workers that make records of what it takes."""
