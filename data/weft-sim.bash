# Completes the command line of weft-sim.
# SPDX-License-Identifier: LGPL-2.1-or-later

_weft_sim ()
{
  local word=$2 previous=$3 verb= i
  local verbs="run swarm shrink replay explain timeline list merge fence"
  local common="--json --quiet --help"
  local -A options=(
    [run]="--seed --trace --html --mermaid --signatures --check-determinism"
    [swarm]="--seeds --signatures --jobs --keep-going --check-determinism"
    [shrink]="--seed --output --runs --other-seeds --signatures"
    [replay]=""
    [explain]="--block --action --client --failure"
    [timeline]="--html --mermaid --from --to --cone"
    [list]=""
    [merge]=""
    [fence]=""
  )

  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ " $verbs " == *" ${COMP_WORDS[i]} "* ]]; then
      verb=${COMP_WORDS[i]}
      break
    fi
  done

  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$common ${verb:+${options[$verb]}} --version" -- "$word")
  elif [[ $previous == --signatures ]]; then
    mapfile -t COMPREPLY < <(compgen -W "simulated real" -- "$word")
  elif [[ $previous == --trace || $previous == --html || $previous == --mermaid || $previous == --output || $verb == merge || $verb == replay || $verb == explain || $verb == timeline ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  elif [[ $verb == run || $verb == swarm ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$("$1" list 2>/dev/null | cut -d' ' -f1)" -- "$word"; compgen -f -- "$word")
  elif [[ $verb == fence ]]; then
    mapfile -t COMPREPLY < <(compgen -c -- "$word"; compgen -f -- "$word")
  elif [[ -z $verb ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$word")
  fi
}

complete -F _weft_sim -o filenames weft-sim
