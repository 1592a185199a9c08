"""Everything needed to write an operator, in one place.

An operator is a frozen dataclass that builds on one of the classes here: `ReadFilter`,
`ReadTrimmer`, `ReadEditor`, `ReadObserver`, `ReadLearner`, `StatelessOperator` or
`SerialOperator`. Its fields are its settings, made by `argument` and `option`; its command line
and help are derived from them.
The page "Operators of your own" of the documentation has an example.

This module imports neither numpy nor pyarrow; a plugin that imports these inside its methods keeps
the start of the command line fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from biometal_stream.columns import StringColumn as StringColumn
    from biometal_stream.errors import BiometalError as BiometalError
    from biometal_stream.errors import ConfigurationError as ConfigurationError
    from biometal_stream.errors import DataError as DataError
    from biometal_stream.errors import SchemaError as SchemaError
    from biometal_stream.interfaces import Concurrency as Concurrency
    from biometal_stream.interfaces import Editor as Editor
    from biometal_stream.interfaces import Filter as Filter
    from biometal_stream.interfaces import Learner as Learner
    from biometal_stream.interfaces import Look as Look
    from biometal_stream.interfaces import Observer as Observer
    from biometal_stream.interfaces import Operator as Operator
    from biometal_stream.interfaces import Pushdown as Pushdown
    from biometal_stream.interfaces import SerialFunction as SerialFunction
    from biometal_stream.interfaces import Trimmer as Trimmer
    from biometal_stream.operators.base import OrderedReadFilter as OrderedReadFilter
    from biometal_stream.operators.base import ReadEditor as ReadEditor
    from biometal_stream.operators.base import ReadFilter as ReadFilter
    from biometal_stream.operators.base import ReadLearner as ReadLearner
    from biometal_stream.operators.base import ReadObserver as ReadObserver
    from biometal_stream.operators.base import ReadTrimmer as ReadTrimmer
    from biometal_stream.operators.base import SerialOperator as SerialOperator
    from biometal_stream.operators.base import StatelessOperator as StatelessOperator
    from biometal_stream.operators.base import with_findings as with_findings
    from biometal_stream.operators.base import with_mates as with_mates
    from biometal_stream.schemas.checks import require_absent as require_absent
    from biometal_stream.schemas.checks import require_columns as require_columns
    from biometal_stream.schemas.checks import require_text as require_text
    from biometal_stream.settings import Names as Names
    from biometal_stream.settings import argument as argument
    from biometal_stream.settings import option as option
    from biometal_stream.settings import settle_names as settle_names
    from biometal_stream.view import BatchView as BatchView
else:
    from biometal_stream.lazy import lazy_names

    _NAMES = {
        "columns": "StringColumn",
        "errors": "BiometalError ConfigurationError DataError SchemaError",
        "interfaces": "Concurrency Editor Filter Learner Look Observer Operator Pushdown"
        " SerialFunction Trimmer",
        "operators.base": "OrderedReadFilter ReadEditor ReadFilter ReadLearner ReadObserver"
        " ReadTrimmer SerialOperator StatelessOperator with_findings with_mates",
        "schemas.checks": "require_absent require_columns require_text",
        "settings": "Names argument option settle_names",
        "view": "BatchView",
    }
    __getattr__ = lazy_names(
        __name__,
        {
            name: f"biometal_stream.{home}"
            for home, names in _NAMES.items()
            for name in names.split()
        },
    )

    def __dir__() -> list[str]:
        return list(__getattr__("__all__"))
