"""The module that MultiQC loads: it finds our JSON and adds the sections."""

from __future__ import annotations

import logging

from multiqc import config
from multiqc.base_module import BaseMultiqcModule, ModuleNoSamplesFound

from biometal_stream.errors import ForeignInputError
from biometal_stream.multiqc import data, sections
from biometal_stream.multiqc.hooks import NAME
from biometal_stream.reports.assay_names import ASSAY_NAMES
from biometal_stream.reports.document.reading import read_document

log = logging.getLogger(__name__)


class MultiqcModule(BaseMultiqcModule):
    """Shows the JSON reports of `biometal-stream --report FILE.json`.

    The limits of verdicts are those of an assay, which MultiQC's configuration can set:

    ```yaml
    biometal_stream:
      assay: rna
    ```
    """

    def __init__(self) -> None:
        """Reads the reports and adds the sections; MultiQC calls this once."""
        super().__init__(
            name="biometal-stream",
            anchor=NAME,
            info="filters and trims sequencing reads, and counts what they are like.",
        )
        assay = _assay()
        found = self.ignore_samples(self._shown(assay))
        if not found:
            raise ModuleNoSamplesFound
        log.info("Found %d reports of biometal-stream", len(found))
        for name, each in found.items():
            self.add_software_version(each.version, name)
        samples = sections.Samples(found, assay)
        for add in sections.ALL:
            add(self, samples)

    def _shown(self, assay: str | None) -> dict[str, data.Shown]:
        found: dict[str, data.Shown] = {}
        for file in self.find_log_files(NAME):
            try:
                document = read_document(file["f"].encode(), file["fn"])
            except ForeignInputError as error:
                log.warning("%s", error)
                continue
            name = self.clean_s_name(document.sample or file["fn"], file)
            if name in found:
                log.debug("Duplicate sample name found! Overwriting: %s", name)
            self.add_data_source(file, name)
            found[name] = data.shown(document, assay)
        return found


def _assay() -> str | None:
    """The assay that MultiQC's configuration names; ``None`` if it names none that is known."""
    settings = getattr(config, NAME, None) or {}
    chosen = settings.get("assay") if isinstance(settings, dict) else settings
    if chosen is not None and chosen not in ASSAY_NAMES:
        known = ", ".join(ASSAY_NAMES)
        log.error("%s: assay: %r is not an assay; use one of %s", NAME, chosen, known)
        return None
    return chosen
