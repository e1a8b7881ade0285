# shellcheck shell=sh
# What a scenario or a shell begins with, once it is alone in its namespaces: its own /run, and the lab's functions.
#
# Wants LAB, RESULTS, SCENARIO and DATAPLANE.
export TITLE="$SCENARIO ($DATAPLANE)"
mount -t tmpfs -o mode=755 run /run
mkdir -p /run/network /run/lock
ip link set lo up
# shellcheck source=SCRIPTDIR/library.sh
. "$LAB/guest/library.sh"
# shellcheck source=SCRIPTDIR/diagram.sh
. "$LAB/guest/diagram.sh"
