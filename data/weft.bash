# Completes the command line of weft.
# SPDX-License-Identifier: LGPL-2.1-or-later

_weft ()
{
  local word=$2 previous=$3 verb= i
  local verbs="id get put delete pend commit cancel history watch import export restore peers status explain ring bootstrap"
  local common="--node --network --key --json --quiet --help"
  local -A options=(
    [id]="--create --force"
    [get]="--rev --pending --local --quorum"
    [put]="--id --type --collection --set --unset"
    [delete]=""
    [pend]=""
    [commit]="--rev"
    [cancel]=""
    [history]="--max --all"
    [watch]="--interval --max"
    [import]="--member --id-member --id-prefix --patience --type --collection"
    [export]="--prefix --collection --records --archives"
    [restore]=""
    [peers]=""
    [status]=""
    [explain]=""
    [ring]="--svg"
    [bootstrap]="--data-dir"
  )

  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ " $verbs " == *" ${COMP_WORDS[i]} "* ]]; then
      verb=${COMP_WORDS[i]}
      break
    fi
  done

  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$common ${verb:+${options[$verb]}} --version" -- "$word")
  elif [[ $previous == --key || $verb =~ ^(id|put|pend|import|export|restore)$ ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  elif [[ $verb == bootstrap && $previous == bootstrap ]]; then
    mapfile -t COMPREPLY < <(compgen -W "list add remove" -- "$word")
  elif [[ $previous == --svg || $previous == --data-dir ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  elif [[ -z $verb ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$word")
  fi
}

complete -F _weft -o filenames weft
