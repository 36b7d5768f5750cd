"""What a start loads: the reader of Excel takes 90 ms and 6 MiB, which only an import of a file needs."""

from pathlib import Path

import webapp


def test_the_reader_of_excel_is_loaded_by_the_first_import_of_a_file():
    modules = Path(webapp.__file__).parent.rglob("*.py")
    texts = {path: path.read_text(encoding="utf-8") for path in modules}
    at_start = [
        f"{path.name}: {line}"
        for path, text in texts.items()
        for line in ([] if 'if __name__ == "__main__"' in text else text.splitlines())  # a process of its own
        if line.startswith(("import openpyxl", "from openpyxl"))
    ]
    assert at_start == [], "import it in the function that reads the file"
