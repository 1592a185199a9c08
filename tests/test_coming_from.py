"""Each option of another program has its row, and all that a row names exists here."""

import itertools
import re
import shlex
import shutil
import subprocess

import click
import pytest

from biometal_stream.cli.command import parse
from biometal_stream.cli.commands import commands
from biometal_stream.cli.operators import make
from biometal_stream.cli.options import options_command
from biometal_stream.cli.steps import split
from biometal_stream.errors import BiometalError
from tests.conftest import REPOSITORY

FASTP = """
    -i --in1 -o --out1 -I --in2 -O --out2 --unpaired1 --unpaired2 --overlapped_out --failed_out -m
    --merge --merged_out --include_unmerged -6 --phred64 -z --compression --stdin --stdout
    --interleaved_in --reads_to_process --dont_overwrite --fix_mgi_id -V --verbose -A
    --disable_adapter_trimming -a --adapter_sequence --adapter_sequence_r2 --adapter_fasta -2
    --detect_adapter_for_pe --allow_gap_overlap_trimming --dimer_max_len -f --trim_front1 -t
    --trim_tail1 -b --max_len1 -F --trim_front2 -T --trim_tail2 -B --max_len2 -D --dedup
    --dup_calc_accuracy --dont_eval_duplication -g --trim_poly_g --poly_g_min_len -G
    --disable_trim_poly_g -x --trim_poly_x --poly_x_min_len -5 --cut_front -3 --cut_tail -r
    --cut_right -W --cut_window_size -M --cut_mean_quality --cut_front_window_size
    --cut_front_mean_quality --cut_tail_window_size --cut_tail_mean_quality
    --cut_right_window_size --cut_right_mean_quality -Q --disable_quality_filtering -q
    --qualified_quality_phred -u --unqualified_percent_limit -n --n_base_limit -e --average_qual
    -L --disable_length_filtering -l --length_required --length_limit -y --low_complexity_filter
    -Y --complexity_threshold --filter_by_index1 --filter_by_index2 --filter_by_index_threshold -c
    --correction --overlap_len_require --overlap_diff_limit --overlap_diff_percent_limit -U --umi
    --umi_loc --umi_len --umi_prefix --umi_skip --umi_delim -p --overrepresentation_analysis -P
    --overrepresentation_sampling -j --json -h --html -R --report_title -w --thread -s --split -S
    --split_by_lines -d --split_prefix_digits --cut_by_quality5 --cut_by_quality3
    --cut_by_quality_aggressive --discard_unmerged -? --help
"""
"""The options in the help of fastp 1.3.6."""

CUTADAPT = """
    -h --help --version --debug -j --cores -a --adapter -g --front -b --anywhere -e --error-rate
    --errors --no-indels -n --times -O --overlap --match-read-wildcards -N
    --no-match-adapter-wildcards --action --rc --revcomp -u --cut --nextseq-trim -q
    --quality-cutoff --quality-base --poly-a --length -l --trim-n --length-tag --strip-suffix -x
    --prefix -y --suffix --rename --zero-cap -z -m --minimum-length -M --maximum-length --max-n
    --max-expected-errors --max-ee --max-average-error-rate --max-aer --discard-trimmed --discard
    --discard-untrimmed --trimmed-only --discard-casava --quiet --report --json -o --output
    --fasta --compression-level --info-file -r --rest-file --wildcard-file --too-short-output
    --too-long-output --untrimmed-output -A -G -B -U -Q -L -p --paired-output --info-file-paired
    --pair-adapters --pair-filter --interleaved --untrimmed-paired-output
    --too-short-paired-output --too-long-paired-output
"""
"""The options in the help of cutadapt 5.2."""

TRIMMOMATIC = """
    ILLUMINACLIP SLIDINGWINDOW MAXINFO LEADING TRAILING CROP HEADCROP TAILCROP MINLEN MAXLEN AVGQUAL
    BASECOUNT TOPHRED33 TOPHRED64 SE PE -basein -baseout -phred33 -phred64 -threads -summary
    -trimlog -validatePairs -quiet -version
"""
"""The steps and options of Trimmomatic 0.40."""

FASTQC = """
    -o --outdir --casava --nano --nofilter --extract -j --java --delete --noextract --nogroup
    --min_length --dup_length -f --format --memory --svg -t --threads -c --contaminants -a
    --adapters -l --limits -k --kmers -q --quiet -d --dir -h --help -v --version
"""
"""The options in the help of FastQC 0.12.1."""

PROGRAMS = {"fastqc": FASTQC, "fastp": FASTP, "cutadapt": CUTADAPT, "trimmomatic": TRIMMOMATIC}
VERSIONS = {"fastp": "1.3.6", "cutadapt": "5.2"}
PAGES = sorted((REPOSITORY / "docs" / "coming-from").glob("*.md"), key=lambda page: page.stem)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def rows(page):
    for line in page.read_text().splitlines():
        if line.startswith("| ") and not line.startswith(f"| {page.stem}"):
            theirs, ours = re.split(r"(?<!\\) \| ", line.strip("| "), maxsplit=1)
            yield theirs, ours


def spans(text):
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_option_of_the_program_has_a_row(program):
    (page,) = (page for page in PAGES if page.stem == program)
    named = {re.split(r"[ :]", span)[0] for theirs, _ in rows(page) for span in spans(theirs)}
    assert set(PROGRAMS[program].split()) <= named


@pytest.mark.parametrize("program", VERSIONS)
def test_the_lists_are_those_of_the_program(program):
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not on the PATH")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    if VERSIONS[program] not in version.stdout + version.stderr:
        pytest.skip(f"{program} is not {VERSIONS[program]}")
    done = subprocess.run([found, "--help"], capture_output=True, text=True, check=False)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if re.match(" +-", line)]
    named = {
        word
        for line in lines
        for word in re.findall(
            r"(?:^|(?<=[ ,]))--?[\w?][\w-]*", re.split(r"(?<=\S) {2,}", line.strip())[0]
        )
    }
    assert named == set(PROGRAMS[program].split())


def parses(words):
    """Whether words are steps or options of ours, with values that are allowed."""
    known, whole = commands(), options_command()
    rest, steps = split(words, known, whole)
    for step in steps:
        context = parse(known[step.name], step.arguments)
        if known[step.name].operator is not None:
            make(context)
    parse(whole, rest.options)


STAND_INS = (
    ["x.fq"],
    ["samples.tsv"],
    ["--adapter", "ACGT"],
    ["--read-structure", "8M+T"],
    ["--pattern", "NNNN", "--name-as", "umi-tools"],
    [],
)
"""What `…` may stand for."""


@every_page
def test_what_a_row_names_exists_here(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "adapters.fa").write_text(">a\nACGTACGT\n")
    (tmp_path / "names.txt").write_text("a\n")
    (tmp_path / "samples.tsv").write_text("sample_id\tbarcode\na\tACGTACGT\n")
    own = {
        word
        for command in [*commands().values(), options_command()]
        for parameter in command.params
        for word in (*parameter.opts, *parameter.secondary_opts)
    } | {"--help"}
    checked = 0
    for _, ours in rows(page):
        for span in spans(ours):
            words = shlex.split(span)
            assert words[0] in commands() or not re.fullmatch("[a-z]+(-[a-z]+)+", words[0]), span
            if words[0] not in commands() or len(words) == 1:
                unknown = {w for w in words if w.startswith("--")} - own
                assert not unknown, span
                continue
            fault = None
            for stand_ins in itertools.product(STAND_INS, repeat=words.count("…")):
                coming = iter(stand_ins)
                filled = [w for word in words for w in (next(coming) if word == "…" else [word])]
                try:
                    parses(filled)
                except click.exceptions.Exit:
                    pass  # of --help
                except (click.UsageError, BiometalError) as error:
                    fault = fault or f"{span}: {error}"
                    continue
                checked += 1
                break
            else:
                pytest.fail(str(fault))
    assert checked > 5


@every_page
def test_what_is_not_done_says_why(page):
    for theirs, ours in rows(page):
        if "ot done" in ours:
            assert re.search(r"[Nn]ot done(?: for [^.:]*)?[.:]", ours), theirs
