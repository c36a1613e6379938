# Sourced by try: a Slurm of one's own with two nodes, both of them this machine, in the folder $slurm. It needs no root,
# and nothing outside that folder knows of it.
# shellcheck shell=bash

: "${slurm:?}"

# The nodes share this machine's processors, so each may use them all.
slurm_write_configuration() {
    local host port=$((20000 + $$ % 10000))
    host=$(hostname -s)
    cat > "$slurm/slurm.conf" << EOF
ClusterName=trial
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$slurm/munge.socket
CredType=cred/munge
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool-%n
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd-%n.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdLogFile=$slurm/slurmd-%n.log
TmpFS=$slurm/tmp-%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
ReturnToService=2
MailProg=/bin/true
KillWait=5
NodeName=one NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=$(nproc) State=UNKNOWN
NodeName=two NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=$(nproc) State=UNKNOWN
PartitionName=trial Nodes=ALL Default=YES State=UP MaxTime=INFINITE
EOF
    export SLURM_CONF=$slurm/slurm.conf
}

# Waits until both nodes are idle; false after half a minute.
slurm_wait() {
    for _ in {1..60}; do
        [[ $(sinfo --noheader --states=idle --format=%D 2> /dev/null) -ne 2 ]] || return 0
        sleep 0.5
    done
    tail --lines=5 "$slurm"/*.log >&2
    echo "Slurm's two nodes did not come up; its logs end as above" >&2
    return 1
}

slurm_start() {
    mkdir -p "$slurm"/{state,spool-one,spool-two,tmp-one,tmp-two}
    chmod 700 "$slurm"
    (umask 077 && head --bytes=128 /dev/urandom > "$slurm/munge.key")
    munged --force --key-file="$slurm/munge.key" --socket="$slurm/munge.socket" --pid-file="$slurm/munged.pid" \
        --log-file="$slurm/munged.log" --seed-file="$slurm/munge.seed"
    slurm_write_configuration
    slurmctld
    slurmd -N one
    slurmd -N two
    slurm_wait
}

# Ends what slurm_start has started, and nothing else.
slurm_stop() {
    local daemon pid
    scancel --user="$(id -un)" --quiet 2> /dev/null || true
    for daemon in slurmd-one slurmd-two slurmctld munged; do
        pid=$(cat "$slurm/$daemon.pid" 2> /dev/null) || continue
        kill "$pid" 2> /dev/null || continue
        for _ in {1..40}; do
            kill -0 "$pid" 2> /dev/null || break
            sleep 0.1
        done
    done
}
