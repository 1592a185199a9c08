"""`Select` and `Rename`: columns, never rows."""

import pytest

from biometal_stream.errors import SchemaError
from biometal_stream.operators import Rename, Select
from biometal_stream.operators.rename import Rename as RenameClass
from biometal_stream.schemas import NAMINGS, rename_reads
from biometal_stream.settings import setting_of
from tests.operators.conformance import METADATA, reads


def test_columns_stay_in_the_order_asked_for():
    batch = Select(["quality", "name"])(reads())
    assert batch.schema.names == ["quality", "name"]
    assert batch.schema.metadata == METADATA
    assert batch.column("name").equals(reads().column("name"))


def test_nothing_is_copied():
    batch = reads()
    address = batch.column("sequence").buffers()[2].address
    for operator in (Select(("sequence",)), Rename(("name=id",))):
        assert operator(batch).column("sequence").buffers()[2].address == address


def test_the_others_keep_their_names():
    batch = Rename(("quality=quality_scores", "lane=l=1"))(reads())
    others = ["name", "description", "sequence", "host_label"]
    assert batch.drop_columns(["quality_scores", "l=1"]).schema.names == others
    assert batch.schema.metadata == METADATA
    assert not batch.schema.field("quality_scores").nullable


def test_names_can_change_places():
    batch = Rename(("sequence=quality", "quality=sequence"))(reads())
    assert batch.column("quality").equals(reads().column("sequence"))


@pytest.mark.parametrize("naming", NAMINGS)
def test_a_naming_is_that_of_the_schemas(naming):
    batch = Rename(naming=naming)(reads())
    assert batch.schema.equals(rename_reads(reads().schema, naming), check_metadata=True)


def test_the_namings_are_those_of_the_schemas():
    field = RenameClass.__dataclass_fields__["naming"]
    assert setting_of(field).choices == NAMINGS


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(SchemaError, match="two columns would have the name 'name'"):
        Rename(("quality=name",)).output_schema(reads().schema)
    with pytest.raises(SchemaError, match="needs a column 'no'"):
        Rename(("no=name",)).output_schema(reads().schema)
