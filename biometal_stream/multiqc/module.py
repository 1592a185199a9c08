"""The module that MultiQC loads: it finds our JSON and adds the sections."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from multiqc import config
from multiqc.base_module import BaseMultiqcModule, ModuleNoSamplesFound

from biometal_stream.errors import ForeignInputError
from biometal_stream.multiqc import sections
from biometal_stream.multiqc.data import verdicts
from biometal_stream.multiqc.hooks import NAME
from biometal_stream.reports.document.reading import read_document

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document

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
        documents = self.ignore_samples(self._documents())
        if not documents:
            raise ModuleNoSamplesFound
        log.info("Found %d reports", len(documents))
        for name, document in documents.items():
            self.add_software_version(document.version, name)
        for add in sections.ALL:
            add(self, documents)

    @property
    def limits(self) -> str:
        """Whose limits the verdicts have, in words."""
        chosen = self._settings().get("assay")
        return f"the assay {chosen}" if chosen else "the assay of each run"

    def verdicts(self, document: Document) -> list[dict[str, Any]]:
        """The verdicts on a run, by the limits of its assay, or of that of the configuration."""
        return verdicts(document, self._settings().get("assay") or document.assay)

    def _settings(self) -> dict[str, Any]:
        return getattr(config, NAME, None) or {}

    def _documents(self) -> dict[str, Document]:
        found: dict[str, Document] = {}
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
            found[name] = document
        return found
