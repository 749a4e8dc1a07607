"""The functions a statement may call: looked through one by one, and nothing else.

What is not here is refused, so a function of a newer engine is refused until somebody has looked at
it.  Rules for what may be here:

1. It reads nothing but its arguments: no file, no network, no setting, no environment, no catalog.
2. It changes nothing, and answers the same to the same (but for the clock and for chance).
3. It never runs text as SQL.

What it costs is not asked here: time and memory have limits of their own.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CLASSES", "FUNCTIONS", "NAMES", "words"]


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


FUNCTIONS: Final[dict[str, tuple[str, ...]]] = {
    "counting and choosing": words(
        "any_value approx_count_distinct approx_quantile approx_top_k arg_max arg_min array_agg "
        "avg bit_and bit_or bit_xor bool_and bool_or corr count count_if covar_pop covar_samp "
        "entropy first fsum geomean group_concat grouping histogram kurtosis last list listagg "
        "mad max max_by median min min_by mode product quantile quantile_cont quantile_disc "
        "regr_slope skewness stddev stddev_pop stddev_samp string_agg sum var_pop var_samp "
        "variance"
    ),
    "windows": words(
        "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank "
        "row_number"
    ),
    "text": words(
        "array_to_string ascii bar base64 bit_length chr concat concat_ws contains "
        "damerau_levenshtein decode encode ends_with format from_base64 from_hex hamming hash hex "
        "instr jaccard jaro_similarity jaro_winkler_similarity left length levenshtein lower lpad "
        "ltrim md5 octet_length ord prefix printf regexp_escape regexp_extract regexp_extract_all "
        "regexp_full_match regexp_matches regexp_replace regexp_split_to_array repeat replace "
        "reverse right rpad rtrim sha1 sha256 split_part starts_with str_split str_split_regex "
        "string_split string_split_regex strip_accents strlen strpos substr substring suffix "
        "to_base64 to_hex translate trim unhex unicode upper url_decode url_encode"
    ),
    "numbers": words(
        "abs acos asin atan atan2 cbrt ceil ceiling cos cot degrees even exp factorial floor "
        "gamma gcd greatest isfinite isinf isnan lcm least lgamma ln log log10 log2 mod pi pow "
        "power radians random round sign signbit sin sqrt tan trunc xor"
    ),
    "time": words(
        "age century date_add date_diff date_part date_sub date_trunc datediff datepart datesub "
        "datetrunc day dayname dayofmonth dayofweek dayofyear decade epoch epoch_ms epoch_ns "
        "epoch_us extract hour isodow isoyear last_day make_date make_time make_timestamp "
        "microsecond millennium millisecond minute month monthname now quarter second strftime "
        "strptime time_bucket timezone to_days to_hours to_microseconds to_milliseconds "
        "to_minutes to_months to_seconds to_timestamp to_weeks to_years today try_strptime week "
        "weekday weekofyear year yearweek"
    ),
    "lists, structs and maps": words(
        "array_length cardinality element_at flatten generate_series len list_aggregate "
        "list_any_value list_apply list_concat list_contains list_distinct list_extract "
        "list_filter list_has_all list_has_any list_intersect list_position list_reduce "
        "list_resize list_reverse list_select list_slice list_sort list_sum list_transform "
        "list_unique list_value list_zip map_entries map_extract map_keys map_values range row "
        "struct_extract struct_pack unnest"
    ),
    "JSON": words(
        "from_json json_array json_array_length json_contains json_exists json_extract "
        "json_extract_string json_group_array json_group_object json_keys json_merge_patch "
        "json_object json_structure json_transform json_type json_valid json_value to_json"
    ),
    "everything": words("coalesce if ifnull nullif try typeof uuid"),
}
"""What may be called, by what it is for."""

NAMES: Final = frozenset(name for names in FUNCTIONS.values() for name in names)
"""The same, without order."""

CLASSES: Final = frozenset(
    words(
        "Abs Acos AnyValue ApproxDistinct ApproxQuantile ApproxTopK ArgMax ArgMin Array ArrayAgg "
        "ArrayConcat ArrayContains ArrayDistinct ArrayFilter ArrayOverlaps ArraySize ArraySort "
        "ArrayToString Ascii Asin Atan Atan2 Avg BitLength BitwiseAndAgg BitwiseOrAgg "
        "BitwiseXorAgg Cast Cbrt Ceil Chr Coalesce Concat ConcatWs Contains Corr Cos Cot Count "
        "CountIf CovarPop CovarSamp CumeDist CurrentDate CurrentTimestamp DateAdd DateBin "
        "DateDiff DateFromParts DateTrunc Day DayOfMonth DayOfWeek DayOfWeekIso DayOfYear Dayname "
        "Decode Degrees DenseRank Encode EndsWith Exists Exp Explode Extract Factorial First "
        "FirstValue Flatten Floor Format FromBase64 FromJson GenerateSeries Greatest GroupConcat "
        "Grouping Hex Hour If IsInf IsNan JSONArray JSONExtract JSONExtractScalar JSONKeys "
        "JSONObject JSONType JarowinklerSimilarity Kurtosis Lag Last LastDay LastValue Lead Least "
        "Left Length Levenshtein Ln Localtimestamp Log LogicalAnd LogicalOr Lower MD5 MapKeys Max "
        "Median Min Minute Mode Month Monthname NthValue Ntile Nullif Pad PercentRank "
        "PercentileCont PercentileDisc Pi Pow Quantile Quarter Radians Rand Rank RegexpExtract "
        "RegexpExtractAll RegexpFullMatch RegexpLike RegexpReplace RegexpSplit RegrSlope Repeat "
        "Replace Reverse Right Round RowNumber SHA SHA2 Second Sign Sin Skewness Split SplitPart "
        "Sqrt StartsWith Stddev StddevPop StddevSamp StrPosition StrToTime Struct StructExtract "
        "Substring Sum Tan TimeFromParts TimeToStr TimeToUnix TimestampFromParts TimestampTrunc "
        "ToBase64 ToDays ToMap Transform Translate Trim Trunc Try TryCast Typeof Unhex Unicode "
        "UnixToTime Unnest Upper Uuid Variance VariancePop Week WeekOfYear Year"
    )
)
"""What the parser calls those it has a class of their own for; tests hold it against `NAMES`."""
