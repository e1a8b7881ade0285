# shellcheck shell=sh
# What a scenario says and asks: expectations, measured facts, clients' requests, and the state of a node's kernel.

# say TEXT: a line for people, into the guest's log.
say() {
    echo "    $*"
}

# show TEXT: a line for whoever runs the lab, at once.
show() {
    say "$*"
    printf 'SHOW\t%s\n' "$*" >> "$RESULTS"
}

# fail WHAT EXPECTED SEEN: note that an expectation was not met; the scenario goes on and fails at its end.
fail() {
    {
        echo "$1"
        printf '%s\n' "$2" | sed 's/^/    expected: /'
        printf '%s\n' "$3" | sed 's/^/    seen:     /'
    } | while IFS= read -r _line; do
        say "NOT AS EXPECTED: $_line"
        printf 'SAW\t%s\t%s\n' "$TITLE" "$_line" >> "$RESULTS"
    done
    echo "$1" >> /run/failures
}

# expect_equal WHAT EXPECTED SEEN: both texts are the same.
expect_equal() {
    if [ "$2" = "$3" ]; then say "ok: $1"; else fail "$1" "$2" "$3"; fi
}

# expect_same_state WHAT BEFORE-FILE AFTER-FILE: two kernel_state listings are the same; shows the lines that differ.
expect_same_state() {
    if _difference=$(diff -U0 "$2" "$3"); then
        say "ok: $1"
    else
        fail "$1" "no difference" "$(printf '%s\n' "$_difference" | grep -v -E '^(---|\+\+\+|@@)' | head -n 15)"
    fi
}

# expect_match WHAT PATTERN SEEN: every line seen matches the extended regular expression, and there is one at least.
expect_match() {
    if [ -n "$3" ] && ! printf '%s\n' "$3" | grep -q -v -E -x -e "$2"; then
        say "ok: $1"
    else
        fail "$1" "only lines that match $2" "$(printf '%s\n' "${3:-nothing}" | grep -v -E -x -e "$2" | sort | uniq -c | head -n 20)"
    fi
}

# expect_success WHAT COMMAND...: the command exits with 0; its output goes to the log.
expect_success() {
    _what=$1
    shift
    _status=0
    _seen=$("$@" 2>&1) || _status=$?
    [ -z "$_seen" ] || printf '%s\n' "$_seen" | sed 's/^/    | /'
    if [ "$_status" = 0 ]; then say "ok: $_what"; else fail "$_what" "exit status 0 from: $*" "exit status $_status: $_seen"; fi
}

# await WHAT SECONDS COMMAND...: the command succeeds within so many seconds; it is tried five times a second.
await() {
    _what=$1
    _tries=$(($2 * 5))
    shift 2
    until "$@" > /dev/null 2>&1; do
        _tries=$((_tries - 1))
        if [ $_tries -le 0 ]; then
            fail "$_what" "in time" "not yet"
            return 0
        fi
        sleep 0.2
    done
    say "ok: $_what"
}

# expect_end WHAT PROCESS: a process that was started with & exits with 0.
expect_end() {
    _status=0
    wait "$2" || _status=$?
    expect_equal "$1: exit status" 0 "$_status"
}

# expect_failure WHAT STATUS COMMAND...: the command exits with that status; its output goes to the log and stays in $seen.
expect_failure() {
    _what=$1
    _wanted=$2
    shift 2
    _status=0
    seen=$("$@" 2>&1) || _status=$?
    [ -z "$seen" ] || printf '%s\n' "$seen" | sed 's/^/    | /'
    expect_equal "$_what: exit status" "$_wanted" "$_status"
}

# record TEXT: a measured fact that is neither passed nor failed; it ends up in the table measured.txt.
record() {
    say "measured: $*"
    printf 'RECORD\t%s\t%s\t%s\n' "$SCENARIO" "$DATAPLANE" "$*" >> "$RESULTS"
}

# judge WHAT EXPECTED SEEN: an expectation under stateless, only a measured fact under conntrack.
judge() {
    if [ "$DATAPLANE" = stateless ]; then expect_equal "$@"; fi
    record "$1: $3 (ideal: $2)"
}

# fresh_ports [COUNT]: a source port that, with the COUNT - 1 after it, no request of this scenario has used yet, in
# whichever site; 100 by default.
# Sites whose clients pick the same port by chance are the subject of one scenario and must not disturb the others.
fresh_ports() {
    _fresh=$(cat /run/next-port 2> /dev/null || echo 20000)
    echo $((_fresh + ${1-100})) > /run/next-port
    echo "$_fresh"
}

# ask SITE tcp|udp PORT [CLIENT-OPTION...]: requests from a site's client; a line each: "NODE AS-WHOM PORT LOCAL-ADDRESS" or "lost REASON".
ask() {
    _site=$1
    _protocol=$2
    _port=$3
    shift 3
    client "$_site" python3 "$LAB/guest/client.py" ask "$_protocol" "$VIRTUAL_IP" "$_port" --source-port "$(fresh_ports)" "$@"
}

# who ANSWERS: of ask's lines, how often each node answered whom: "COUNT NODE AS-WHOM", sorted; lost ones as "COUNT lost REASON".
who() {
    printf '%s\n' "$1" | awk '{ n[$1 " " $2]++ } END { for (i in n) print n[i], i }' | sort -k2
}

# expect_all_serve WHAT VLAN...: the clients behind these VLANs are served by every node, and told apart.
expect_all_serve() {
    _step=$1
    shift
    for _served in "$@"; do
        expect_equal "$_step: site $(site_of "$_served") is served by every node" \
            "$(for _each in $NODES; do echo "$_each 10.0.$_served.5"; done)" \
            "$(who "$(ask "$(site_of "$_served")" tcp 80 --count 24 --wait 5)" | sed 's/^[0-9]* //')"
    done
}

# hold NAME SITE PORT [CLIENT-OPTION...]: open connections from a site and keep them open; again NAME asks them.
hold() {
    _name=$1
    _site=$2
    _port=$3
    shift 3
    # Before the &, so that the next hold does not get the same ones.
    _source=$(fresh_ports 200)
    client "$_site" python3 "$LAB/guest/client.py" hold "$VIRTUAL_IP" "$_port" "/run/hold/$_name" \
        --source-port "$_source" "$@" < /dev/null &
}

# again NAME: the connections held under a name; a line each: "NUMBER NODE AS-WHOM PORT LOCAL-ADDRESS" or "NUMBER lost REASON".
# The first call gives the answers of their opening, every further call asks anew.
again() {
    until [ -e "/run/hold/$1" ]; do sleep 0.1; done
    socat -T 60 -t 60 "UNIX-CONNECT:/run/hold/$1" - < /dev/null
}

# living BEFORE AFTER: of again's two listings, how many connections were answered by the same node both times, as "ALIVE of ALL".
living() {
    printf '%s\n---\n%s\n' "$1" "$2" | awk '
        $1 == "---" { second = 1; next }
        !second { before[$1] = $2; if ($2 != "lost" && $1 != "") all++; next }
        $1 != "" && $2 != "lost" && $2 == before[$1] { alive++ }
        END { print alive + 0, "of", all + 0 }'
}

# of_node NODE LISTING: the connections among again's lines that this node serves.
of_node() {
    printf '%s\n' "$2" | awk -v node="$1" '$2 == node'
}

# all LISTING: "N of N", what living says when every connection among again's lines lives on.
all() {
    _all=$(printf '%s\n' "$1" | grep -c .)
    echo "$_all of $_all"
}

# kernel_state NODE: everything of a node that can be listed, without counters, handles' times and learned neighbours.
#
# Of net.ipv4, these are left out, as they change by themselves or cannot be read:
#   route/flush            can only be written
#   tcp_fastopen_key       is made up at its first reading
kernel_state() {
    node "$1" sh "$LAB/guest/kernel-state"
}
