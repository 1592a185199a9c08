"""What users of fastp, cutadapt, seqkit and samtools type out of habit, and what to type here.

The only list of such words. The text in single quotes is part of a working command line.
"""

from __future__ import annotations

from collections.abc import Mapping

_READ = "the input comes first: 'read FILE'"
_MATES = "mates are read as 'read FILE --mate FILE'"
_WRITE = "the output comes last: 'write FILE'"
_UMI = "'extract --read-structure 8M+T' takes UMIs and barcodes from reads"
_SAMPLES = (
    "'demultiplex samples.tsv' finds the sample of each read, and 'write out/{sample}.fq.gz' writes"
    " a file for each"
)
_TWO_OUT = "mates are written as 'write FILE --mate FILE'"
_TRIM = (
    "'trim-quality 20' trims low-quality ends, 'trim-fixed --front 5 --tail 3' trims a number of"
    " bases, and 'trim-fixed --length 100' shortens reads"
)
_CUT = "'trim-fixed --front 5 --tail 3' trims a number of bases from the ends"
_CROP = "'trim-fixed --length 100' shortens reads"
_ADAPTERS = (
    "'trim-adapters' finds and trims adapters, 'trim-adapters --adapter AGATCGGAAGAGC' trims the"
    " given one"
)
_FRONT = "'trim-adapters --front ^ACGTACGT' trims a 5' adapter"
_ANYWHERE = "'trim-adapters --anywhere ACGTACGT' trims an adapter at either end"
_STRAND = "'match-adapters --adapter AGATCGGAAGAGC --reverse' looks at both strands"
_TRIMMED = (
    "'match-adapters --adapter AGATCGGAAGAGC where \"is_null(adapter)\"' keeps reads without an"
    " adapter, 'where \"not is_null(adapter)\"' those with one"
)
_UNTRIMMED = (
    "'match-adapters --adapter AGATCGGAAGAGC write {adapter}.fq' writes a file for each adapter,"
    " and unknown.fq"
)
_NOT_CUT = (
    "'match-adapters --adapter AGATCGGAAGAGC --action mask' writes N for adapters, and with"
    " --action none only finds them"
)
_HITS = (
    "'match-adapters --adapter AGATCGGAAGAGC --action none write hits.parquet' says which adapter"
    " each read has"
)
_POLY_G = "'trim-poly-g' trims poly-G tails, 'trim-poly-g --when always' whatever the instrument"
_POLY_X = "'trim-poly-x' trims tails of any base, 'trim-poly-x --algorithm cutadapt' poly-A"
_MASK = "'mask-quality 20' writes N for bases of low quality"
_FILTER = (
    "each filter is its own step, such as 'min-length 50', 'min-mean-quality 20' and"
    " 'max-n 0'; 'where \"gc < 0.7\"' takes a condition"
)
_QUALITY = (
    "'trim-quality 20' trims low-quality ends, 'min-mean-quality 20' keeps reads by their mean"
    " error probability, 'max-low-quality-fraction 0.4' by their share of low-quality bases"
)
_LONGER = "'min-length 50' keeps reads of at least 50 bases"
_THREADS = "'--threads 4' sets the number of threads"
_LEVEL = "'write FILE --level 6' sets the compression level"
_SAMPLE = "'sample --fraction 0.1' or 'sample --number 1000' does that"
_SUMMARY = "'summarize' prints a summary, as 'read FILE' does without 'write'"
_CONVERT = "'read FILE write FILE' converts to the format that the output's name says"
_FASTA = "'read FILE write reads.fa.gz' converts to FASTA"
_SEED = "'sample --fraction 0.1 --seed 7' sets the seed"
_DUPLICATES = "'drop-duplicates' keeps the first of equal reads, 'count-duplicates' only counts"
_NAMES = "'keep-names names.txt' keeps the reads in a list, 'drop-names names.txt' the others"
_RENAME = "'rename-reads sample1_{number}' gives reads new names"
_HOST = (
    "'deplete human.idx' drops the reads of a host, 'keep-matching human.idx' keeps them, and"
    " 'index build human.fa --output human.idx' makes the index"
)
_SCREEN = "'screen --index human=human.idx phix' counts the reads of several genomes"
_SAVED = (
    "'--save-pipeline clean.toml' saves the pipeline of a run, and 'run clean.toml' runs it again"
)
_STATS = "'--stats stats.json' reports what each step did"
_REPORT = "'--report run.html' writes a page, '--report run.fastp.json' JSON as fastp does"


def _table(*rows: tuple[str, str]) -> Mapping[str, str]:
    return {word: advice for words, advice in rows for word in words.split()}


STEPS = _table(
    ("trim trimming trimmer cutadapt trim-reads quality-trim trimfq", _TRIM),
    ("fastp", "'preset illumina reads.fq.gz write out.fq.gz' does what fastp does by default"),
    ("pipeline load replay rerun config profile load-pipeline save-pipeline", _SAVED),
    ("cut headcrop tailcrop trim-front trim-tail", _CUT),
    ("crop shorten truncate trim-length", _CROP),
    ("clip adapter adapters trim-adapter adapter-trim illuminaclip adapterremoval", _ADAPTERS),
    ("sliding-window slidingwindow", "'trim-quality 15 --algorithm sliding-window' does that"),
    ("leading", "'trim-quality 3 --algorithm leading' does that"),
    ("trailing", "'trim-quality 3 --algorithm trailing' does that"),
    ("filter keep drop filter-length filter-quality fastq-filter quality-filter", _FILTER),
    ("stats stat statistics summary summarise count wc info", _SUMMARY),
    ("fastqc qc", _REPORT),
    ("subsample downsample random sample2 shuf", _SAMPLE),
    ("fq2fa fastq2fasta tofasta to-fasta fasta", _FASTA),
    ("fq2tab fx2tab convert cat view seq copy cp", _CONVERT),
    ("output out save to -> export sink", _WRITE),
    ("input in from open load import source", _READ),
    ("revcomp rc reverse complement", "'reverse-complement' does that"),
    (
        "grep search match find",
        '\'where "gc < 0.7"\' keeps reads by a condition, such as contains(name, "x")',
    ),
    ("length len lengths min-len minlen minlength", _LONGER),
    ("quality qual min-quality min-qual minq avg-quality mean-quality", _QUALITY),
    ("gc gc-content", "'where \"gc < 0.7\"' keeps reads by it, 'measure' adds it as a column"),
    ("n max-ns n-count n-base-limit", "'max-n 0' limits the number of N in a read"),
    ("max-ee maxee ee expected-errors", "'max-expected-errors 1' keeps reads by it"),
    ("classify model infer inference", "'predict quality' runs a model on each read"),
    ("limit first top", "'head 10' keeps the first reads"),
    ("tail last", "the last reads cannot be selected; 'skip 10' leaves out the first"),
    ("low-complexity", "'min-complexity 0.3' keeps reads by it"),
    ("dust sdust", "'max-dust 7' keeps reads by it, 'measure --columns dust' adds it as a column"),
    ("entropy", "'min-entropy 0.7' keeps reads by it"),
    ("poly-g polyg trim-polyg", _POLY_G),
    ("poly-x polyx poly-a polya trim-poly-a", _POLY_X),
    ("mask masker fastq-masker", _MASK),
    ("break chop porechop", "'split-adapters' and 'split-quality 10' split long reads"),
    ("upper lower uppercase tuc", "'convert-bases --case upper' does that"),
    ("rna2dna utot", "'convert-bases --to dna' does that"),
    ("interleave merge mergepe", "'read FILE --mate FILE write FILE' interleaves pairs"),
    ("deinterleave split2", "'read FILE --interleaved write FILE --mate FILE' separates mates"),
    ("split shard", "'write reads/ --shards 4' writes several files"),
    ("columns cols project", "'select name sequence' keeps columns"),
    ("tag annotate", "'tag-description length' writes columns into the description"),
    ("dehost decontaminate remove-host remove-human host human deacon hostile scrub", _HOST),
    ("fastq-screen fastqscreen contaminants contamination", _SCREEN),
    ("umi barcode barcodes umis extract-umi umi-tools", _UMI),
    ("demux samples split-samples debarcode", _SAMPLES),
    ("dedup dedupe deduplicate markdup remove-duplicates rmdup unique", _DUPLICATES),
    ("sort", "sorting reads is not supported"),
    ("subseq fetch names list", _NAMES),
    ("replace", _RENAME),
    ("range", "'skip 1000 head 1000' keeps the reads 1,001 to 2,000"),
    ("version", "'--version' prints the version"),
)
"""Words in the place of a step."""

OPTIONS = _table(
    ("-i --in --in1 --input -1 -r --read1 --r1 --fastq --stdin", _READ),
    ("-I --in2 -2 --input2 --read2 --r2 --mate1 --mate2", _MATES),
    ("-o --out --out1 --output --stdout --outfile --out-file", _WRITE),
    ("-O --out2 --output2 --paired-output", _TWO_OUT),
    ("-j -@ -w -p --cores --thread --cpus --cpu --nproc --jobs --workers", _THREADS),
    ("-m -l -L --minimum-length --min-len --length_required", _LONGER),
    ("-M --maximum-length --max-len --length_limit", "'max-length 300' keeps shorter reads"),
    ("-q -e -Q --qualified_quality_phred --average_qual --quality-cutoff", _QUALITY),
    ("--min-qual --min-quality --minq --quality", _QUALITY),
    (
        "-u --unqualified_percent_limit",
        "'trim-fixed --front 5' trims bases, 'max-low-quality-fraction 0.4' limits poor bases",
    ),
    ("--n_base_limit --max-ns", "'max-n 0' limits the number of N in a read"),
    ("--max-ee --max_ee", "'max-expected-errors 1' keeps reads by it"),
    (
        "-y -Y --low_complexity_filter --complexity_threshold",
        "'min-complexity 0.3' keeps reads by their share of bases that differ from the next",
    ),
    (
        "-a -A --adapter --adapter_sequence --adapter_sequence_r2 --adapter_fasta --adapter1",
        _ADAPTERS,
    ),
    ("-g -G", f"{_FRONT}; {_POLY_G}"),
    ("--trim_poly_g --poly_g_min_len", _POLY_G),
    ("-b -B", _ANYWHERE),
    ("--revcomp --rc", _STRAND),
    ("--discard-trimmed --discard --discard-untrimmed --trimmed-only", _TRIMMED),
    ("--untrimmed-output --untrimmed-paired-output", _UNTRIMMED),
    ("--info-file --rest-file --wildcard-file", _HITS),
    ("--mask-adapter --no-trim", _NOT_CUT),
    ("--pair-filter", "'--pairs either' keeps a pair if one mate passes; by default both must"),
    ("--nextseq-trim", "'trim-quality 20 --algorithm nextseq' or 'trim-poly-g' does that"),
    ("-x --trim_poly_x --poly_x_min_len --poly-a", _POLY_X),
    ("--trim-n", "'trim-n' cuts N off both ends"),
    ("--break", "'split-quality 10' splits reads at stretches of low quality"),
    ("-U --umi --umi_loc --umi_len --bc-pattern --bc-pattern2 --read-structures", _UMI),
    ("--abs-threshold", "'deplete human.idx --min-hits 2' sets the fewest hits of a match"),
    ("--rel-threshold", "'deplete human.idx --min-fraction 0.01' sets the least share of hits"),
    ("--prefix-length", "'deplete human.idx --prefix 100' looks at the first bases of reads"),
    ("--deplete --host --contaminants", _HOST),
    ("--sample-metadata --sample-sheet --barcodes", _SAMPLES),
    ("--cut_front -5", "'trim-quality 20 --algorithm cut-front' does that"),
    ("--cut_tail -3", "'trim-quality 20 --algorithm cut-tail' does that"),
    ("--cut_right", "'trim-quality 20 --algorithm cut-right' does that"),
    ("--trim_front1 --trim_tail1 --trim_front2 --trim_tail2 --cut", _CUT),
    ("--max_len1 --max_len2 --length", _CROP),
    ("--trim", _TRIM),
    ("-n --lines --count --head", "'head 10' keeps the first reads"),
    ("--interleaved_in --interleaved-in", "pairs in one file: 'read FILE --interleaved'"),
    ("--fraction --proportion --subsample --number", _SAMPLE),
    ("-s --seed", _SEED),
    ("-D --dedup --dup_calc_accuracy", _DUPLICATES),
    ("-x --prefix --suffix --rename --strip-suffix", _RENAME),
    ("--pipeline --load-pipeline --config --config-file --save", _SAVED),
    ("--preset --profile", "'preset illumina' is a chain of steps for Illumina reads"),
    ("-z --compression-level --compress-level", _LEVEL),
    ("--json --html --report-file", _REPORT),
    ("--log --summary --metrics", _STATS),
    ("-f --force --overwrite", "an existing target is always replaced; leave the option out"),
    ("-V -v --verbose", "'--version' prints the version, '--progress' shows how far a run is"),
    ("--silent --no-progress-bar", "'--quiet' shows only warnings and errors"),
    ("--dont_overwrite --no-clobber", "an existing target is always replaced"),
    ("--phred64 --phred33", "the encoding is an option: 'read FILE --quality-encoding phred64'"),
)
"""Options of other tools."""

OF_ADAPTERS = _table(
    (
        "-a -A",
        "'trim-adapters --adapter AGATCGGAAGAGC --mate-adapter AGATCGGAAGAGC' trims 3' adapters",
    ),
    ("-g -G", "'trim-adapters --front ^ACGTACGT --mate-front ^TTGACCGA' trims 5' adapters"),
    ("-b -B", _ANYWHERE),
    ("-O --overlap", "'trim-adapters --min-overlap 3' needs three bases that match"),
    ("-n", "'trim-adapters --times 2' trims several adapters of a read"),
    ("-N", "'trim-adapters --no-match-adapter-wildcards' takes N in adapters as N"),
)
"""Options of cutadapt that mean something else without adapters."""
