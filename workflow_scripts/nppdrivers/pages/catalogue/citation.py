"""How to cite a run: the run itself, the software and its method, and the data."""

from collections.abc import Sequence

from nppdrivers.export.sources import Source


def citation_text(
    description: str, commit: str, works: Sequence[str], terms: Sequence[str], sources: Sequence[Source]
) -> str:
    """Write out what a paper that uses a run cites.

    Parameters
    ----------
    description : str
        The run in one sentence.
    commit : str
        Of the software; empty where it is not known.
    works : sequence of str
        Software and paper, as they are cited.
    terms : sequence of str
        Terms of the data in words.
    sources : sequence of Source
        What the data are, with the licence of each where the run knows it.
    """
    software, *papers = works
    if commit:
        software = f"{software} Commit {commit}."
    data = [f"{source.title} ({source.licence or 'licence not stated'})" for source in sources]
    parts = {
        "This run": [description],
        "Software": [software],
        "Method": papers,
        "Data": data,
        "Terms of the data": terms,
    }
    return "\n".join(
        f"{heading}\n{''.join(f'  {line}{chr(10)}' for line in lines)}"
        for heading, lines in parts.items()
        if lines
    )
