# Completes the command line of weft-node.
# SPDX-License-Identifier: LGPL-2.1-or-later

_weft_node ()
{
  local word=$2 previous=$3
  local options="--data-dir --config --listen --tls --peer --bootstrap --profile --announce --lan --no-lan
    --replication --minimum-cluster --network --prefix --storage --log-level --no-moves --forget-missing
    --init --print-peer-id --version --help"

  # “--storage=m” comes as three words.
  [[ $word != "=" ]] || word=
  [[ $previous != "=" ]] || previous=${COMP_WORDS[COMP_CWORD - 2]}

  case "$previous" in
    --data-dir | -d) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    --config | -c) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    --profile) mapfile -t COMPREPLY < <(compgen -W "core edge" -- "$word") ;;
    --storage | -s) mapfile -t COMPREPLY < <(compgen -W "file memory" -- "$word") ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W "error warning message info debug" -- "$word") ;;
    --listen | -l | --peer | -p | --bootstrap | -b | --announce | --replication | -r | --minimum-cluster | \
      --network | -n | --prefix) ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
  esac
}

complete -F _weft_node -o filenames weft-node
