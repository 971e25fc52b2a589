# Asks the Liquid of Shopify what it makes of many templates, and writes its answers to answers.json.
# Does not judge: crates/core/tests/liquid_answers.rs holds our engine to them.
#
#     TZ=UTC ruby ask.rb > answers.json      # needs the gem `liquid` (MIT), here 5.14.0
#
# The engine runs in strict mode with strict filters and with a clock that stands still. A template
# that it refuses, or that fails while it renders, has no answer (null); one that the still stricter
# mode strict2 refuses is named by its place among the answers (`refused`). A question is a pattern in
# which %1, %2 ... stand for one of a set of expressions each; its answers come in the order of nested
# loops, the last set turning fastest.

require "json"
require "liquid"
require "time"

NOW = Time.utc(2026, 3, 4, 5, 6, 7)
Time.define_singleton_method(:now) { NOW }

DATA = {
  "int" => 7, "minus" => -3, "float" => 2.5, "whole" => 4.0, "big" => 4_503_599_627_370_497,
  "yes" => true, "no" => false, "null" => nil,
  "word" => "apple", "name" => "Ünï çödé ñ", "digits" => "12", "cows" => "3 cows", "point" => "-1.50",
  "html" => "<p class=\"x\">Tom & 'Ann' &lt; &#39;x&#39;</p><!-- c --><script>a</script>",
  "lines" => "one\ntwo\r\nthree  four\tfive", "spaced" => " \n a  b \t", "void" => "", "gap" => "  ",
  "list" => [3, 1, 2], "words" => ["pear", "Apple", "apple", "fig"], "mixed" => [1, "a", nil, true, 2.5, [3]],
  "nested" => [[1, [2]], [3]], "floats" => [0.1, 0.2, 0.3, 1.5], "nils" => [nil, "b", nil, "a"], "none" => [],
  "repeated" => [1, 1.0, "1", 1, nil, nil, "a", "A"],
  "person" => { "name" => "Zoe", "age" => 31, "city" => nil, "tags" => ["x", "y"], "at" => { "b" => 1, "a" => 2.0 } },
  "clash" => { "size" => "own", "first" => 1, "last" => 2 }, "blankmap" => {},
  "people" => [
    { "name" => "Zoe", "age" => 31, "vip" => true, "city" => "Rome" },
    { "name" => "adam", "age" => 5, "vip" => false },
    { "name" => "Bea", "age" => nil, "vip" => true, "city" => "rome" },
    { "name" => "Cy", "age" => 31.0, "city" => "" },
  ],
  "same" => [{ "k" => 1, "v" => "a" }, { "k" => 1, "v" => "b" }, { "k" => 0, "v" => "c" }, { "k" => 2, "v" => "d" }, { "k" => 0, "v" => "e" }],
  "path" => "name", "at" => 1,
}

VALUES = %w[
  nothing yes no 0 int minus float whole big -2.5 word name digits cows point html spaced void gap list words mixed nested nils none
  person blankmap people (1..3) (3..1) empty blank
]
SCALARS = %w[nothing yes no 0 1 -2 2.5 "" "a" "apple" "2" "x1" list person (1..2) empty blank]
NUMBERS = %w[0 1 -1 3 7 -7 0.1 0.2 0.5 1.5 -1.5 2.675 1.005 100.0 123456789.123 0.00001 "3" "2.5" "-4" "3x" "1e3" ".5" "5." " 6 " "+2" "1_000" nothing yes list whole big 9007199254740993 9223372036854775807 -9223372036854775808]
DIVISORS = %w[0 0.0 1 -1 2 -2 3 7 0.5 -1.5 2.5 0.1 10 "2" "0" "x" nothing big]
PLACES = %w[0 1 2 3 -1 -2 5 "1" 1.5 nothing "x"]
COUNTS = %w[0 1 2 3 5 -1 -2 -7 100 "2" 2.5 "x" nothing yes]
TEXTS = ['""', '" "', '"a"', '"p"', '"le"', '"ñ"', '"A"', '","', "nothing", "1", "yes", "list", "\"\n\"", '"\\0"', '"."', '"&"']
PROPERTIES = %w["name" "age" "city" "nope" "size" nothing 0 "a" path]
TARGETS = %w["Zoe" 31 true false nil "rome" nothing "x" 1 "" empty]

$questions = []
def ask(area, pattern, *sets)
  $questions << [area, pattern, sets]
end

# Filters with no argument, and one too many.
%w[
  abs base64_decode base64_encode base64_url_safe_decode base64_url_safe_encode capitalize ceil compact
  default downcase escape escape_once first floor h join last lstrip newline_to_br reverse round rstrip size
  sort sort_natural squish strip strip_html strip_newlines sum truncate truncatewords uniq upcase url_decode url_encode
].each do |filter|
  ask("filters without arguments", "{{ %1 | #{filter} | join: '|' }}", VALUES) if %w[compact reverse sort sort_natural uniq].include?(filter)
  ask("filters without arguments", "{{ %1 | #{filter} }}", VALUES)
end
ask("arities", "{{ 'a' | %1: %2 }}", %w[
  abs append at_least base64_encode capitalize ceil compact concat date default divided_by downcase escape first floor find
  find_index has join last lstrip map minus modulo newline_to_br plus prepend reject remove remove_first remove_last replace
  replace_first replace_last reverse round rstrip size slice sort sort_natural split squish strip strip_html strip_newlines sum
  times truncate truncatewords uniq upcase url_decode url_encode where nosuch
], ["1", "1, 2", "1, 2, 3", "1, x: 2", "x: 1"])
ask("arities", "{{ 'a' | %1 }}", %w[append at_least concat date divided_by find map minus modulo plus prepend remove replace replace_last slice split times where nosuch])

# Numbers.
%w[plus minus times at_least at_most].each do |filter|
  ask("arithmetic", "{{ %1 | #{filter}: %2 }}", NUMBERS, %w[1 -2 0.1 2.5 "3" "1.5" "x" nothing big list 9223372036854775807])
end
%w[divided_by modulo].each { |filter| ask("division", "{{ %1 | #{filter}: %2 }}", NUMBERS, DIVISORS) }
ask("rounding", "{{ %1 | round: %2 }}", NUMBERS + %w[2.5 3.5 -2.5 0.5 1234.5678 "1234.5678" 1.15 1.25 1.35 567 -567 0.045], PLACES)
%w[abs ceil floor round].each { |filter| ask("rounding", "{{ %1 | #{filter} }}", NUMBERS) }
ask("number formats", "{{ %1 }}", %w[
  1 -0 0.0 -0.0 1.0 100.0 1.10 0.1 0.01 0.001 0.0001 0.00001 0.000123 123456789012345.0 1234567890123456.0 12345678901234567.0
  9999999999999998.0 1000000000000000.0 10000000000000000.0 123456789012345678.0 100000000000000000000.0 0.30000000000000004
  3.141592653589793 2.718281828459045 1.7976931348623157 5e-324 4.35 0.1000000000000000055 1.005 9007199254740993
  9223372036854775807 -9223372036854775808 9223372036854775808 18446744073709551615 123456789012345678901234567890 007 -07 1.50
])
ask("number formats", "{{ %1 | times: %2 }}", %w[0.1 1.1 3.3 19.99 1e1 123456.789 0.000001 99999999 3037000500], %w[3 0.1 100 1.19 0.00001 1000000 3037000500 -1])
ask("number formats", "{{ %1 | divided_by: %2 }}", %w[1.0 2.0 10.0 22.0 0.1 100 1 5], %w[3 7.0 9 0.3 6.0 1000000.0 1024.0])

# Text.
ask("text", "{{ %1 | append: %2 }}", VALUES, %w[nothing yes 2.5 "a" list])
ask("text", "{{ 'x' | prepend: %1 }}", VALUES)
%w[remove remove_first remove_last].each { |filter| ask("text", "{{ %1 | #{filter}: %2 }}", %w[word name int html list nothing void], TEXTS) }
%w[replace replace_first replace_last].each do |filter|
  ask("text", "{{ %1 | #{filter}: %2, %3 }}", %w[word name 1221 list nothing void], TEXTS, ['""', '"-"', '"\\0"', "nothing", "2", '"$1"'])
end
ask("text", "{{ %1 | split: %2 | join: '|' }}", VALUES + ['"a,b,,c,,"', '",a"', '","', '",,"', '"a b"', '"aXbxc"', '"1.2.3"'], TEXTS)
ask("text", "{{ %1 | split: %2 | size }}", %w[word spaced void gap nothing "a,b,," ","], TEXTS)
ask("text", "{{ %1 | truncate: %2 }}", %w[word name "abcdefghij" int nothing list void person], COUNTS)
ask("text", "{{ %1 | truncate: %2, %3 }}", %w[word name "abcdefghij" int nothing], COUNTS, %w["" "…" "......" nothing 1])
ask("text", "{{ %1 | truncatewords: %2 }}", %w[lines spaced "a b c d" int nothing list void gap name], COUNTS)
ask("text", "{{ %1 | truncatewords: %2, %3 }}", %w[lines spaced nothing name], COUNTS, %w["" "…" nothing 1])
ask("text", "{{ %1 | slice: %2 }}", %w[word name list none nested int float nothing void person (1..5) yes], COUNTS)
ask("text", "{{ %1 | slice: %2, %3 }}", %w[word list], COUNTS, COUNTS)
ask("text", "{{ '%1' | %2 }}",
  ["", "a", "HELLO world", "ßtraße ǆ", "éCOLE", "ΑΣΑΣ ς", "i̇İı", "ﬁn", "日本", "\u00a0x\u00a0", "\u2003x", "\v\fx\v\f", "\0x\0", "a\u0085b", "𝒳y", "ÿŸ", "ŉ", "ǅ"],
  %w[upcase downcase capitalize strip lstrip rstrip size first last squish url_encode base64_encode escape reverse])
ask("text", "{{ '%1' | %2 }}", [
  "<b>x</b>", "a < b > c", "<", ">", "<a", "a>", "<<b>>", "<!-- a > b -->x", "<script>a</script", "<script src='x'>1</script>2", "<SCRIPT>1</SCRIPT>",
  "<style>p{}</style>q", "<!-- <b> --> --> y", "<br/\n>z", "&lt;b&gt;", "&amp;amp;", "& &a; &a1; &#39; &#x27; &;", "\"&quot;\"",
].map { |t| t.tr("'", "`") }, %w[strip_html escape escape_once url_encode size])
ask("decoding", "{{ '%1' | %2 }}", [
  "", "a+b%20c", "%C3%BC", "%c3%bc", "%", "%2", "%zz", "%FF", "a%00b", "100%25", "YQ==", "YQ", "YQ=", "YWI=", "YWI", "YWJj", "YW Jj", "YW\nJj", "_-8=",
  "/+8=", "w7w=", "w7w", "//8=", "=", "====", "a", "YQ==YQ==", "YR==", "8J+YgA==", "8J-YgA==", "8J-YgA", "é", "%E2%82%AC+1", "&amp;", "a=b&c=d",
], %w[url_decode base64_decode base64_url_safe_decode url_encode base64_encode base64_url_safe_encode])
ask("default", "{{ %1 | default: %2 }}", VALUES, %w["d" nothing no list])
ask("default", "{{ %1 | default: 'd', allow_false: %2 }}", VALUES, %w[true false nothing 1])
ask("default", "{{ no | default: %1 }}", ["allow_false: true", "allow_false: true, 'd'", "'d', allow_false: 'x'", "'d', nosuch: true", "'d', 'e'", "1, allow_false: empty"])

# Lists.
LISTS = %w[list words mixed nested nils none repeated floats people same person blankmap word int nothing (1..4) yes void]
%w[sort sort_natural uniq compact sum map where reject].each do |filter|
  shown = filter == "sum" ? "" : " | join: ';'"
  ask("lists", "{{ %1 | #{filter}: %2#{shown} }}", LISTS, PROPERTIES)
end
%w[find find_index has].each { |filter| ask("lists", "{{ %1 | #{filter}: %2 }}", LISTS, PROPERTIES) }
%w[where reject find find_index has].each do |filter|
  shown = %w[where reject].include?(filter) ? " | join: ';'" : ""
  ask("lists", "{{ %1 | #{filter}: %2, %3#{shown} }}", %w[people same words none nothing person list], %w["name" "age" "vip" "city" "k" nothing], TARGETS)
end
ask("lists", "{{ same | sort: '%1' | map: 'v' | join }}", %w[k v nope])
ask("lists", "{{ people | %1: '%2' | map: 'name' | join }}", %w[sort sort_natural uniq compact], %w[name age vip city nope])
ask("lists", "{{ %1 | concat: %2 | join: ';' }}", LISTS, %w[list nested nils none nothing word person (1..2) int])
ask("lists", "{{ %1 | join: %2 }}", LISTS, %w["" ", " nothing 1 yes list])
ask("lists", "{{ %1 | reverse | %2 }}", LISTS, %w[first last size join])
ask("lists", "{% assign x = '%1' | split: ',' %}{{ x | sort | join: ',' }}/{{ x | sort_natural | join: ',' }}/{{ x | uniq | join: ',' }}/{{ x | sum }}/{{ x | compact | size }}",
  ["b,a,C,B,A,c", "10,9,1,2", "é,e,f,É", "", "a", "a,,b", "1.5,2,x", " b, a", "Z,a,_,1,~", "ab,a,abc", "ß,ss,t"])

# Looking things up.
ask("lookups", "{{ %1.%2 }}", %w[word void list none person clash blankmap int float nothing yes (1..3) (3..1) people nested empty], %w[size first last name length a-b nope])
ask("lookups", "{{ %1[%2] }}", %w[word list none person clash people (1..3) nothing int nested],
  %w[0 1 -1 -9 9 1.5 "0" "name" "size" "first" "last" path at nothing yes list people[0].name])
ask("lookups", "{{ %1 }}", [
  "person['at']['b']", "person.at.a", "people[at].name", "people[0]['name']", "people.first.name", "people.last[path]", "person[path]", "[path]", "['path']", "[nothing]",
  "person.tags[0]", "person.tags.first", "person.tags.size", "nested[0][1][0]", "nested.first.last.first", "people[-1].name", "people['0']", "person.name.size", "name.first",
  "person.at", "people[0]", "person", "nested", "mixed", "clash", "blankmap", "none", "(1..3)", "(minus..int)", "('1'..'3')", "(1.9..3.9)", "(1..'x')", "(nothing..2)", "(1..list)", "(float..5)",
  "person . name", "person .name", "person[ 'name' ]", "person.name.", "person..name", "person.0", "list.0", "list[0", "person['name'", "-int", "int-1", "a-b", "word?", "1abc", "a.b?", "true.x", "nil.x", "empty.size",
  "'a' 'b'", "'a", "\"it's\"", "'say \"hi\"'", "'a\\'b'", "person.name | ", "| upcase", "", " ", "word | upcase | downcase", "word|upcase", "word | upcase: ", "word | append: 'x' 'y'", "word | append : 'x'", "word | | upcase",
  "word upcase", "word, 1", "word & x", "word | @x", "1.2.3", "1..2", "(1..2", "[1,2]", "{}", "!word", "word == word", "yes and no", "contains", "word contains 'a'", "nil", "null", "blank", "empty", "true", "false", "1 | plus: 1 | times: 3",
  "person.name | append: person['age']", "ünï", "_x", "self", "person.tags | first | upcase", "list[1] | plus: list[0]", "list | first | plus: list.last", "\"\" | size", "int.size", "person[nothing]", "person.nothing.more.still",
])

# Comparing and truth.
%w[== != <> < > <= >= contains].each { |operator| ask("comparisons", "{% if %1 #{operator} %2 %}1{% else %}0{% endif %}", SCALARS + %w[word words none blankmap gap 2.0 nil], SCALARS + %w[word words none blankmap nil 2.0 "name"]) }
ask("truth", "{% if %1 %}1{% else %}0{% endif %}{% unless %1 %}1{% else %}0{% endunless %}", VALUES)
ask("truth", "{% if %1 == empty %}1{% else %}0{% endif %}{% if %1 == blank %}1{% else %}0{% endif %}{% if %1 != empty %}1{% else %}0{% endif %}{% if blank != %1 %}1{% else %}0{% endif %}", VALUES)
ask("truth", "{% if %1 and %2 or %3 %}1{% else %}0{% endif %}{% if %1 or %2 and %3 %}1{% else %}0{% endif %}{% if %1 or %2 or %3 and %1 %}1{% else %}0{% endif %}{% if %1 and %2 and %3 or %2 %}1{% else %}0{% endif %}", %w[yes no], %w[true false], %w[1 nil])
ask("truth", "{% if %1 %}1{% else %}0{% endif %}", [
  "1 == 1 and 2 == 2 or 3 == 4", "word == 'apple' or nothing.x > 3", "no and 'a' < 1", "yes or 'a' < 1", "not yes", "(yes)", "yes && no", "yes || no", "1 = 1", "1 == ", "== 1", "", "1 == 1 == 1", "1 < 2 < 3", "yes and", "or yes", "word contains 'pp' and list contains 2",
  "list contains 2.0", "list contains '2'", "nested contains 3", "words contains 'Apple'", "person contains 'name'", "person contains 'Zoe'", "word contains nothing", "nothing contains 'a'", "word contains ''", "'12' contains 1", "12 contains 1", "(1..3) contains 2", "(1..3) contains 2.5", "(1..3) contains '2'",
  "'b' > 'a'", "'B' > 'a'", "'10' < '9'", "'' < 'a'", "word == \"apple\"", "list == list", "nested[1] == nested.last", "(1..3) == (1..3)", "1 == 1.0", "'1' == 1", "yes == 'true'", "nothing == nil", "nothing == null", "nothing == no", "word | size", "word != empty", "none == empty", "empty == empty", "blank == empty", "blank == blank", "nil == blank", "nil == empty", "person == person", "int>minus", "int>=7", "word=='apple'", "int <= 7.0", "'é' == 'é'", "word.size > 4", "people[0].vip", "people.size == 4 and people[1].vip == false", "-1 < 0", "a-b", "int-1 == 6",
])

# Conditions as tags.
ask("conditions", "%1", [
  "{% if no %}a{% elsif yes %}b{% else %}c{% endif %}", "{% if no %}a{% elsif no %}b{% else %}c{% endif %}", "{% if yes %}a{% else %}b{% else %}c{% endif %}", "{% if no %}a{% else %}b{% else %}c{% endif %}", "{% if no %}a{% else %}b{% elsif yes %}c{% endif %}",
  "{% unless yes %}a{% elsif yes %}b{% else %}c{% endunless %}", "{% unless no %}a{% else %}b{% endunless %}", "{% unless yes %}a{% elsif no %}b{% endunless %}", "{% if yes %}", "{% endif %}", "{% if yes %}a{% endunless %}", "{% else %}", "{% if yes %}{% unless no %}x{% endunless %}{% endif %}",
  "{% if yes %} {% endif %}", "{% if yes %} {% assign x = 1 %} {% endif %}[{{ x }}]", "{% if yes %} a{% endif %}", "{% if yes %} {{ void }} {% endif %}", "{% if no %} {% else %}\n{% endif %}|", "{% if yes %} {% comment %}x{% endcomment %} {% endif %}|", "{% if yes %}{% raw %} {% endraw %}{% endif %}|", "{% if yes %} {% if yes %} {% endif %} {% endif %}|",
  "{% if yes %}x{% endif yes %}", "{% if yes x %}1{% endif %}", "{%if yes%}1{%endif%}", "{% if yes%}1{% else no %}2{% endif %}", "{% IF yes %}1{% ENDIF %}", "{% if yes %}a{% elsif %}b{% endif %}", "{% ifchanged %}a{% endifchanged %}{% ifchanged %}a{% endifchanged %}{% ifchanged %}b{% endifchanged %}", "{% for i in repeated %}{% ifchanged %}{{ i }},{% endifchanged %}{% endfor %}", "{% for i in (1..3) %}{% ifchanged %}{% endifchanged %}{% endfor %}", "{% nosuch %}", "{% include 'x' %}",
])
ask("case", "{% case %1 %}{% when 1 %}one{% when 'a', \"b\" %}ab{% when nil or true %}nt{% when 2.5 or list %}fl{% when empty %}e{% when blank %}b{% else %}other{% endcase %}", VALUES + %w["a" "b" 1 1.0 nil true false '1' blank list])
ask("case", "%1", [
  "{% case int %}{% when 7 %}a{% when 7 %}b{% else %}c{% endcase %}", "{% case int %}{% when 7, 7 %}a{% endcase %}", "{% case int %}{% when 1 %}a{% else %}b{% when 7 %}c{% else %}d{% endcase %}", "{% case int %}{% else %}b{% when 7 %}c{% endcase %}", "{% case int %} x {% when 7 %}c{% endcase %}", "{% case int %}{% when 1 or 7 %}c{% endcase %}", "{% case int %}{% when 1, 2 or 7, 8 %}c{% endcase %}",
  "{% case int %}{% endcase %}", "{% case %}{% when 1 %}a{% endcase %}", "{% case int %}{% when %}a{% endcase %}", "{% case int %}{% when 7 8 %}a{% endcase %}", "{% case int %}{% when 7 and 8 %}a{% endcase %}", "{% case int %}{% when int %}a{% endcase %}", "{% case word %}{% when person.name %}a{% when 'apple' %}b{% endcase %}", "{% case int | plus: 1 %}{% when 7 %}a{% endcase %}", "{% case int %}{% when 7 %} {% endcase %}|", "{% case int %}{% when 7 %} {% when 8 %}x{% endcase %}|", "{% case int %}\n{% when 7 %}\na\n{% endcase %}|", "{% case int %}{% when 1, %}a{% else %}b{% endcase %}", "{% case int %}{% when (1..3) %}a{% else %}b{% endcase %}", "{% case (1..3) %}{% when (1..3) %}a{% else %}b{% endcase %}", "{% case int %}{% when 7 %}a{% else x %}b{% endcase %}", "{% case word %}{% when 'a' %}{% break %}{% endcase %}x",
  "{% for i in (1..3) %}{% case i %}{% when 1 %}{% continue %}{% when 3 %}{% break %}{% endcase %}{{ i }}{% endfor %}", "{% case int %}{% when 7 %}a{% endcase int %}", "{% case list %}{% when '312' %}a{% else %}b{% endcase %}", "{% case nothing %}{% when nothing %}a{% endcase %}", "{% case 'x y' %}{% when 'x y' %}a{% endcase %}",
])

# Loops.
COLLECTIONS = %w[list words people person none nothing word void (1..4) (3..1) nested int blankmap yes float "ab" (minus..1) (1..at)]
MODIFIERS = ["", "limit: 2", "offset: 1", "limit: 2 offset: 1", "reversed", "reversed limit: 2", "limit: 2 reversed", "offset: 2, limit: 1", "limit: 0", "limit: -1", "offset: -1", "offset: 9", "limit: nothing", "offset: nothing", "limit: '1'", "limit: 'x'", "limit: 1.5", "limit: at offset: at", "limit:1 offset:1", "cols: 2", "limit 2", "limit:", "offset: continue", "limit: yes", "reversed offset: 1 limit: 1", "limit: 3, reversed"]
ask("for", "{% for x in %1 %2 %}[{{ x }}]{% else %}none{% endfor %}", COLLECTIONS, MODIFIERS)
ask("for", "{% for x in %1 limit: 2 %}{{ x }}{% endfor %};{% for x in %1 offset: continue %}{{ x }},{% endfor %};{% for x in %1 limit: 1 offset: continue %}{{ x }},{% else %}e{% endfor %}", COLLECTIONS)
ask("for", "{% for x in %1 %}{{ forloop.%2 }},{% endfor %}", %w[list (1..3) word person], %w[index index0 rindex rindex0 first last length name parentloop parentloop.index nope size])
ask("for", "%1", [
  "{% for a in (1..2) %}{% for b in (1..2) %}{{ forloop.parentloop.index }}{{ forloop.index }}{{ forloop.parentloop.last }} {% endfor %}{% endfor %}", "{% for a in list %}{% for b in list %}{% for c in list limit: 1 %}{{ forloop.parentloop.parentloop.index0 }}{% endfor %}{% endfor %}{% endfor %}", "{% for a in (1..3) %}{{ forloop }}{% endfor %}",
  "{% for a in (1..5) %}{% if a == 2 %}{% continue %}{% endif %}{% if a == 4 %}{% break %}{% endif %}{{ a }}{% endfor %}", "{% for a in (1..3) %}{% for b in (1..3) %}{% if b == 2 %}{% break %}{% endif %}{{ a }}{{ b }} {% endfor %}{% endfor %}", "{% for a in (1..3) %}{% for b in (1..3) %}{% if b == 2 %}{% continue %}{% endif %}{{ a }}{{ b }} {% endfor %}{% continue %}x{% endfor %}", "a{% break %}b", "a{% continue %}b", "{% if yes %}a{% break %}b{% endif %}c",
  "{% for a in list %}{% assign a = 9 %}{{ a }}{% endfor %}{{ a }}", "{% assign a = 1 %}{% for a in list %}{{ a }}{% endfor %}{{ a }}", "{% for a in list %}{% assign z = a %}{% endfor %}{{ z }}", "{% for a in list %}{% capture z %}{{ z }}{{ a }}{% endcapture %}{% endfor %}{{ z }}", "{% for forloop in list %}{{ forloop }}{% endfor %}", "{% for a in list %}{% assign forloop = 'x' %}{{ forloop }}{{ forloop.index }}{% endfor %}",
  "{% for p in person %}{{ p[0] }}={{ p[1] }};{% endfor %}", "{% for p in person %}{{ p.first }}={{ p.last }};{% endfor %}", "{% for p in people %}{{ p.name }}{% unless forloop.last %}, {% endunless %}{% endfor %}", "{% for a in list %} {% endfor %}|", "{% for a in list %} {% assign q = a %} {% else %} {% endfor %}|", "{% for a in none %} {% else %} x {% endfor %}|",
  "{% for a list %}{% endfor %}", "{% for in list %}{% endfor %}", "{% for a in %}{% endfor %}", "{% for a in list foo: 1 %}{{ a }}{% endfor %}", "{% for a in list reversed reversed %}{{ a }}{% endfor %}", "{% for a.b in list %}{% endfor %}", "{% for a in list %}", "{% for a in list %}{% endfor a %}", "{% for a in list %}{{ a }}{% else x %}{% endfor %}", "{% for a in list | sort %}{{ a }}{% endfor %}", "{% for a in (1..3 ) %}{{ a }}{% endfor %}", "{% for a in ( 1 .. 3 ) %}{{ a }}{% endfor %}", "{% for a in (1...3) %}{{ a }}{% endfor %}", "{% for a in (1..2.9) %}{{ a }}{% endfor %}", "{% for a in ('a'..'c') %}{{ a }}{% endfor %}", "{% for a in (1..people.size) %}{{ a }}{% endfor %}", "{% for a in (1..person.age) limit: 2 %}{{ a }}{% endfor %}", "{% for a-b in list %}{{ a-b }}{% endfor %}", "{% for a? in list %}{{ a? }}{% endfor %}",
  "{% for a in list limit: 1 %}{{ a }}{% endfor %}{% for a in list limit: 1 offset: continue %}{{ a }}{% endfor %}{% for a in list limit: 1 offset: continue %}{{ a }}{% endfor %}{% for b in list offset: continue %}{{ b }}{% endfor %}", "{% for a in list limit: 2 %}{% break %}{% endfor %}{% for a in list offset: continue %}{{ a }}{% endfor %}", "{% for a in list reversed limit: 1 %}{{ a }}{% endfor %}{% for a in list offset: continue %}{{ a }}{% endfor %}", "{% for a in none %}{% break %}{% else %}x{% endfor %}", "{% for a in list %}{{ a }}{% else %}{% endfor %}{{ forloop.index }}", "{% for a in list offset: 1 %}{{ forloop.index }}{{ forloop.length }}{% endfor %}", "{% for a in list %}{% include 'x' %}{% endfor %}", "{% for a in (1..3) reversed %}{{ forloop.index }}{{ a }} {% endfor %}", "{% assign n = 3 %}{% for a in (1..n) %}{{ a }}{% endfor %}", "{% for a in mixed %}[{{ a }}]{% endfor %}", "{% for a in nils %}[{{ a }}]{% endfor %}", "{% for a in people %}{{ a }}{% endfor %}",
])
ask("tablerow", "{% tablerow x in %1 %2 %}{{ x }}{% endtablerow %}", %w[list (1..3) none nothing word person yes], ["", "cols: 2", "cols: 1", "cols: 0", "cols: -1", "cols: 9", "cols: nothing", "cols: '2'", "cols: 'x'", "cols: 1.5", "limit: 2", "offset: 1", "cols: 2 limit: 2 offset: 1", "cols:2, limit:1", "limit: 0", "limit: -1", "offset: -1", "limit: nothing", "offset: nothing", "cols: 2 range: 3", "limit: '1'", "limit: 1.5", "limit: 'x'", "cols: yes"])
ask("tablerow", "{% tablerow x in %1 cols: 2 %}{{ tablerowloop.%2 }}{% endtablerow %}", %w[list (1..4)], %w[index index0 rindex rindex0 first last length col col0 col_first col_last row name parentloop nope])
ask("tablerow", "%1", ["{% tablerow x in list cols: 2 %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endtablerow %}", "{% tablerow x in list cols: 2 %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endtablerow %}", "{% tablerow x in list %}{% endtablerow %}", "{% tablerow x in list %}a", "{% tablerow x list %}a{% endtablerow %}", "{% tablerow x in list foo: 1 %}a{% endtablerow %}", "{% for a in (1..2) %}{% tablerow x in list %}{{ forloop.index }}{{ tablerowloop.index }}{% endtablerow %}{% endfor %}", "{% tablerow x in list %}{{ x }}{% else %}n{% endtablerow %}", "{% tablerow x in list cols: 2 %}{{ tablerowloop }}{% endtablerow %}", "{% tablerow x in list %}{% tablerow y in list cols: 1 limit: 1 %}{{ tablerowloop.index }}{{ x }}{% endtablerow %}{% endtablerow %}", "{% tablerow x in list reversed %}{{ x }}{% endtablerow %}", "{% tablerow x in list %} {% endtablerow %}", "{% tablerow x in list %}{{ forloop.index }}{% endtablerow %}", "{% tablerow x in person %}{{ x }}{% endtablerow %}"])

# Cycles, counters, assignment.
ask("cycle", "{% for i in (1..4) %}{% cycle %1 %}{% endfor %}", ["'a', 'b'", "'a','b','c'", "1, 2.5, nil", "word, int", "'x': 'a', 'b'", "word: 'a', 'b'", "1: 'a', 'b'", "nothing: 'a', 'b'", "list, 'z'", "", "'a'", "'a',", "'a' 'b'", "'a', ", "i, 'b'", "name: 1, 2", "'x':", ": 'a'", "person, 'b'", "(1..2), 'b'", "true, false", "'a' | upcase", "blank, empty, 'x'", "-1, 1"])
ask("cycle", "%1", ["{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}{% cycle 'a', 'c' %}{% cycle 'a', 'b' %}", "{% cycle 'g': 'a', 'b' %}{% cycle 'h': 'a', 'b' %}{% cycle 'g': 'c', 'd' %}", "{% cycle word, 'b' %}{% cycle word, 'b' %}", "{% cycle  'a','b' %}{% cycle 'a', 'b' %}", "{% cycle \"a\", 'b' %}{% cycle 'a', 'b' %}", "{% cycle 'g': 1, 2, 3 %}{% cycle 'g': 1 %}{% cycle 'g': 1, 2, 3 %}{% cycle 'g': 1, 2, 3 %}", "{% assign g = 'x' %}{% cycle g: 'a', 'b' %}{% cycle 'x': 'a', 'b' %}", "{% cycle 1: 'a', 'b' %}{% cycle '1': 'a', 'b' %}", "{% cycle 'a', 'b' %}{% cycle 'a', 'b': 'c' %}", "{% cycle 1, 2 %}{% cycle 1,2 %}{% cycle 1, 2, %}", "{% for i in (1..2) %}{% cycle i: 'a', 'b' %}{% endfor %}"])
ask("counters", "%1", ["{% increment a %}{% increment a %}{{ a }}", "{% decrement a %}{% decrement a %}{{ a }}", "{% increment a %}{% decrement a %}{% decrement a %}{{ a }}", "{% assign a = 5 %}{% increment a %}{{ a }}", "{% increment a %}{% assign a = 5 %}{{ a }}{% increment a %}", "{% increment int2 %}{{ int2 }}", "{% increment %}", "{% increment a b %}", "{% increment a.b %}", "{% increment a %} {% increment b %}{{ b }}", "{% for i in (1..3) %}{% increment i %}{{ i }}{% endfor %}{{ i }}", "{% capture a %}x{% endcapture %}{% increment a %}{{ a }}", "{% if yes %} {% increment a %} {% endif %}", "{% increment 'a' %}{{ a }}", "{% decrement a %}{{ a | plus: 1 }}{% increment a %}"])
ask("assignment", "%1", ["{% assign a = 'x' %}{{ a }}", "{% assign a = list %}{{ a[1] }}", "{% assign a = 'x' | append: 'y' | upcase %}{{ a }}", "{% assign a.b = 1 %}{{ a }}", "{% assign a 1 %}", "{% assign = 1 %}", "{% assign a = %}{{ a }}", "{% assign a %}", "{% assign a = 1 2 %}{{ a }}", "{% assign a-b = 1 %}{{ a-b }}", "{% assign 1a = 1 %}", "{% assign a? = 1 %}{{ a? }}", "{% assign a=1%}{{a}}", "{% assign a == 1 %}", "{% assign a = b = 1 %}{{ a }}", "{% assign a = int %}{% assign int = 8 %}{{ a }}{{ int }}", "{% assign a = (1..3) %}{{ a }}{% for i in a %}{{ i }}{% endfor %}{{ a.size }}", "{% assign a = empty %}[{{ a }}]{% if a == '' %}y{% endif %}", "{% assign a = blank %}[{{ a }}]", "{% assign a = nil %}[{{ a }}]", "{% assign person = 1 %}{{ person.name }}{{ person }}", "{% assign a = person %}{{ a.name }}", "{% assign a = yes and no %}{{ a }}", "{% assign a = 1 == 1 %}{{ a }}", "{% assign ['x'] = 1 %}{{ x }}",
  "{% capture a %}x{{ int }}{% endcapture %}[{{ a }}]", "{% capture 'a' %}x{% endcapture %}{{ a }}", "{% capture a b %}x{% endcapture %}{{ a }}", "{% capture %}x{% endcapture %}", "{% capture a %}", "{% capture a %} {% endcapture %}[{{ a }}]", "{% capture a %}{% capture b %}i{% endcapture %}o{{ b }}{% endcapture %}{{ a }}{{ b }}", "{% for i in (1..3) %}{% capture a %}{{ i }}{% if i == 2 %}{% break %}{% endif %}{% endcapture %}{% endfor %}{{ a }}", "{% capture a.b %}x{% endcapture %}{{ a.b }}", "{% capture a %}1{% endcapture %}{{ a | plus: 1 }}", "{% if yes %} {% capture a %}x{% endcapture %} {% endif %}|{{ a }}", "{% capture a-b %}x{% endcapture %}{{ a-b }}", "{% capture a %}{{ html }}{% endcapture %}{{ a | size }}"])

# Text that is not rendered, the liquid tag, white space.
ask("comments and raw", "%1", ["a{% comment %}b{{ x | nosuch }}{% if %}{% endcomment %}c", "{% comment %}{% comment %}a{% endcomment %}b{% endcomment %}c", "{% comment %}{% raw %}{% endcomment %}{% endraw %}{% endcomment %}c", "{% comment %}a", "{% comment x %}a{% endcomment %}b", "{% comment %}{% endcomment x %}b", "{%- comment -%} a {%- endcomment -%} b", "{% comment %}{% assign a = 1 %}{% endcomment %}{{ a }}", "{% comment %} {{ unclosed {% endcomment %}x", "{% comment %}{% unclosed {% endcomment %}x", "{% comment %}{%endcomment%}x",
  "{% raw %}{{ a }}{% if %}{% endraw %}", "{% raw %} {% endraw %}|", "{% raw %}a{% raw %}b{% endraw %}c", "{% raw %}a", "{% raw x %}a{% endraw %}", "{%- raw -%} a {%- endraw -%} b", "x {%- raw %} a {% endraw -%} b", "{% raw %}{% endraw x %}{% endraw %}", "{% raw %}{% {% endraw %}", "{% raw %}{{ {% endraw %}", "{% raw %}}}%}{%endraw%}", "{% raw %}{%- endraw -%} x", "{% endraw %}", "{% raw %}\n a \n{% endraw %}",
  "{% # x %}a", "{%# x %}a", "{%- # x -%} a", "{% # a\n # b %}c", "{% # a\n b %}c", "{% # a\n\n  # b\n %}c", "{% #%}a", "{% # {{ x }} %}a", "{% ## x %}a", "a {%- # -%} b",
  "{% doc %}a{{ x | nosuch }}{% enddoc %}b", "{% doc %}a{% doc %}{% enddoc %}b", "{% doc %}a", "{% doc x %}a{% enddoc %}", "{%- doc -%} a {%- enddoc -%} b", "{% doc %}{% if %}{% enddoc %}c", "{% doc %}{% comment %}{% enddoc %}c", "{% if yes %} {% doc %}x{% enddoc %} {% endif %}|", "{% doc %}{{ x {% enddoc %}c"])
ask("liquid tag", "%1", ["{% liquid\n echo 'a'\n echo int\n%}", "{% liquid assign a = 1\n echo a %}", "{% liquid\n if yes\n echo 'a'\n else\n echo 'b'\n endif\n%}", "{% liquid\n for i in list\n echo i\n endfor %}", "{% liquid\n if yes\n%}{% endif %}", "{% if yes %}{% liquid\n endif\n%}", "{% liquid\n\n\n echo 'x'\n\n%}", "{% liquid # c\n echo 'x' # c\n%}", "{% liquid\n # c\n echo 'x'\n%}", "{% liquid\n comment\n echo 'x'\n endcomment\n echo 'y'\n%}", "{% liquid\n capture a\n echo 'x'\n endcapture\n echo a | upcase\n%}", "{% liquid\n case int\n when 7\n echo 'seven'\n else\n echo 'x'\n endcase\n%}", "{% liquid\n cycle 'a', 'b'\n cycle 'a', 'b'\n increment q\n decrement q\n%}", "{% liquid echo 'a' %}{% liquid echo a %}", "{%- liquid\n echo 'a'\n-%} b", "{% liquid %}", "{% liquid nosuch %}", "{% liquid\n raw\n endraw\n%}", "{% liquid\n echo '%}' %}", "{% liquid liquid echo 'x' %}", "{% liquid\n liquid\n echo 'x'\n%}", "{% liquid\n tablerow i in list cols: 2\n echo i\n endtablerow\n%}", "{% liquid\n unless no\n echo 1\n endunless\n ifchanged\n echo 2\n endifchanged\n%}", "{% liquid\n for i in list\n if i == 1\n continue\n endif\n echo i\n endfor\n%}", "{% liquid\n echo 'a'; echo 'b'\n%}", "{% liquid\r\n echo 'a'\r\n echo 'b'\r\n%}", "{% liquid\n if yes %}x{% liquid\n endif %}", "{% liquid\n echo\n%}", "{% liquid\n doc\n x\n enddoc\n echo 1\n%}", "{% liquid\n {{ x }}\n%}", "{% liquid\n\tassign\ta\t=\t1\n\techo\ta\n%}", "{% if yes %} {% liquid\n assign a = 1\n%} {% endif %}|",
  "{% echo 'a' %}", "{% echo word | upcase %}", "{% echo %}", "{% echo nothing %}", "{% if yes %} {% echo nothing %} {% endif %}|", "{% echo 'a', 'b' %}", "{%echo'a'%}"])
ask("white space", "%1", ["a {{- 'b' -}} c", "a {{ 'b' }} c", "a {%- if yes -%} b {%- endif -%} c", "a\n{%- assign x = 1 -%}\nb", "{{- 'a' }} b {{ 'c' -}} ", " {{-}} x", "x {{- -}} y", "a {%- -%} b", "a \t\n{{- 'b' }}", "a {{-'b'-}} c", "a {{ - 'b' }}", "a {{ 'b' - }} c", "a {{--1-}} c", "a {{- -1 -}} c", "a\u00a0{{- 'b' }}", "a {% if yes -%} {{ 'b' }} {%- endif %} c", "{% for i in list -%} {{ i }} {%- endfor %}", "a {%- comment %} x {% endcomment -%} b", "  {%- # c -%}  ", "a{{ 'b' -}}{{- 'c' }}", "a {{- nothing -}} b", "\n\n{%- if yes %}\n x\n{% endif -%}\n\n", "{% if yes -%} {% endif %}|", "{{ 'a' }}\n{{ 'b' }}", "a {%-if yes-%} b {%-endif-%} c", "{{'a'}}{{\"b\"}}", "{{\n'a'\n}}", "{%\nassign x = 1\n%}{{\tx\t}}", "{ {% if yes %}}{% endif %}", "{{{ 'a' }}}", "{{ 'a' }", "{{ 'a' ", "{% if yes ", "{% if yes }", "{{ '}}' }}", "{{ '%}' }}", "{% assign x = '%}' %}", "{% assign x = '}}' %}{{ x }}", "{{ 'a' }}}", "{{ '{{' }}", "{% assign x = '{%' %}{{ x }}", "}}", "%}", "{", "{%%}", "{{}}", "{{ }}", "{% %}", "{%  x%}", "{{ 'a\nb' }}", "{{ a\n| upcase }}", "{{ word\n| upcase\n| append: 'x'\n}}", "é{{ 'ü' }}ñ", "{{ 'a' }}{% comment %}{% endcomment %}{{ 'b' }}", "{%- -%}", "\\{{ 'a' }}", "{{ \"{{ 'x' }}\" }}", "{{ 'a' %}", "{% if yes %}{{ '{% endif %}' }}{% endif %}", "{{ '{% x %}' }}"])

# Dates.
DATES = [
  "0", "1", "1152098955", "'1152098955'", "-1", "1457100000.5", "'1.5'", "nothing", "yes", "''", "' '", "'x'", "list", "word",
  "'2016-03-04'", "'2016-3-4'", "'2016/03/04'", "'20160304'", "'20160304T150607'", "'2016-03-04 15:06:07'", "'2016-03-04T15:06:07Z'", "'2016-03-04T15:06:07.123Z'", "'2016-03-04T15:06:07.123456789Z'", "'2016-03-04T15:06:07+02:00'", "'2016-03-04 15:06:07 -0530'", "'2016-03-04T15:06'", "'2016-03-04T15'", "'2016-03'", "'2016'", "'March 4, 2016'", "'Mar 4 2016'", "'4 March 2016'", "'4 mar 16'", "'March 2016'", "'March 4'", "'March'", "'Fri, 04 Mar 2016 15:06:07 +0000'", "'Fri Mar  4 15:06:07 2016'", "'Friday'", "'10:30'", "'10:30 pm'", "'10:30:15'", "'3pm'", "'March 4, 2016 3:06 PM'", "'4th of March 2016'", "'03/04/2016'", "'3/4/16'", "'13/04/2016'", "'04-03-2016'", "'4.3.2016'", "'2016-064'", "'2016-W09-5'", "'2016-02-30'", "'2016-13-01'", "'2016-02-29'", "'2015-02-29'", "'2016-03-04 24:00'", "'2016-03-04 25:00'", "'2016-03-04 EST'", "'2016-03-04 15:06 EST'", "'2016-03-04 15:06 PDT'", "'2016-03-04 15:06 GMT+2'", "'now'", "'today'", "'NOW'", "'tomorrow'", "'1 January 0001'", "'9999-12-31T23:59:59Z'", "'2016-03-04T15:06:07-00:00'", "'Sat Aug 28 00:36:31 +0000 2010'", "'28-Aug-2010'", "'Aug-28-2010'", "'2010-Aug-28'", "'12:00 am 2016-03-04'", "'2016-03-04 12:30 am'", "'2016-03-04 12:30 pm'", "'2016-03-04 15:06:60'", "'2016.03.04'", "'16-03-04'", "'H28.03.04'", "'99'", "'100'", "'2016-03-04T15:06:07 UTC'", "'2016-03-04t15:06:07z'",
]
ask("date inputs", "{{ %1 | date: '%F %T.%L %z' }}", DATES)
ask("date inputs", "{{ %1 | date: %2 }}", ["'2016-03-04'", "0", "nothing", "'x'"], ["nothing", "''", "word", "1", "yes", "list", "'%Y'", "' %Y '"])
LETTERS = "aAbBcCdDeFgGhHIjklLmMnNpPrRsStTuUvVwWxXyYzZ+%".chars
INSTANTS = ["'2016-03-04 15:06:07'", "'2021-01-03T00:00:09.045+05:30'", "'1999-12-31 23:59:59 -0800'", "'2024-12-30 12:00'"]
ask("date directives", "{{ %1 | date: '%%2' }}", INSTANTS, LETTERS)
ask("date directives", "{{ %1 | date: '%%2%3' }}", INSTANTS.first(2), ["-", "_", "0", "^", "#", "10", "3", "_5", "-5", "05", "^10", "#8", "::", ":", ":::", "E", "O", "-_", "0_3", "^#"], LETTERS)
ask("date directives", "{{ '2016-03-04 15:06:07.987654321' | date: '%1' }}", ["%1N", "%3N", "%6N", "%9N", "%12N", "%1L", "%6L", "%", "%%", "%Q", "%f", "%i", "%5", "%-", "100%", "%é", "%Y-%m-%dT%H:%M:%S%z", "%A, %B %-d, %Y", "%-m/%-d/%y", "%l:%M %p", "%I:%M%P", "%b %e", "%s%3N", "%a%%%b", "%E", "%:", "%:::z", "%::::z", "%_H", "%-H:%-M", "%^A %^B", "%020Y", "%-y", "%_m", "%+", "%e%n%t%k", "%20A", "%-20A", "%020A", "%^20a", "é %d ñ", "%  d", "%Z"])

def parses?(source)
  Liquid::Template.parse(source, error_mode: :strict2, line_numbers: true)
rescue Liquid::SyntaxError
  nil
end

answers = $questions.map do |area, pattern, sets|
  counts = sets.empty? ? [[]] : sets[0].product(*sets[1..])
  refused = []
  got = counts.each_with_index.map do |chosen, index|
    source = pattern.gsub(/%([1-3])/) { chosen[$1.to_i - 1] || $& }
    begin
      template = Liquid::Template.parse(source, error_mode: :strict, line_numbers: true)
      text = template.render!(JSON.parse(JSON.generate(DATA)), strict_filters: true)
      text = text.dup.force_encoding("UTF-8")
      refused << index unless parses?(source)
      text.valid_encoding? ? text : nil
    rescue StandardError, SystemStackError
      nil
    end
  end
  { area: area, template: pattern, over: sets, answers: got, refused: refused }
end

sets = {}
name_of = ->(set) { sets[set] ||= "s#{sets.size + 1}" }
lines = answers.map do |question|
  question[:over] = question[:over].map { |set| name_of.(set) }
  JSON.generate(question)
end
puts "{\"engine\":\"liquid #{Liquid::VERSION}, ruby #{RUBY_VERSION}\",\"now_ms\":#{NOW.to_i * 1000},\"data\":#{JSON.generate(DATA)},\"sets\":{"
puts sets.map { |set, name| "#{JSON.generate(name)}:#{JSON.generate(set)}" }.join(",\n")
puts "},\"questions\":["
puts lines.join(",\n")
puts "]}"
