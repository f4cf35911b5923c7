/** What each shell has to be told: it asks `tctl __complete`, so that a script never grows old. */
import type { shells } from '../table/machine.ts';

/** bash(1), Programmable Completion. */
const bash = `# bash completion of tctl. Load it with: source <(tctl completion bash)
_tctl() {
    local answer last value IFS=$'\\n'
    answer=$("\${1/#\\~/$HOME}" __complete --line "\${COMP_LINE:0:COMP_POINT}" --breaks "$COMP_WORDBREAKS" 2>/dev/null) ||
        return
    local -a lines
    mapfile -t lines <<<"$answer"
    last=\${lines[-1]}
    unset 'lines[-1]'
    COMPREPLY=()
    for value in "\${lines[@]}"; do
        value=\${value%%$'\\t'*}
        [[ $2 == [\\"\\']* ]] || printf -v value %q "$value"
        COMPREPLY+=("$value")
    done
    [[ $last == *nospace* ]] && compopt -o nospace
    case $last in
    :files*) COMPREPLY+=($(compgen -f -- "$2")) && compopt -o filenames ;;
    :directories*) COMPREPLY+=($(compgen -d -- "$2")) && compopt -o filenames ;;
    esac
}
complete -F _tctl tctl
`;

/** zshcompwid(1). */
const zsh = `#compdef tctl
# zsh completion of tctl. Keep it in a directory of $fpath, as _tctl; or, after compinit: source <(tctl completion zsh)
_tctl() {
    local answer last line
    local -a lines values shown more
    answer=$(\${(Q)words[1]/#\\~/$HOME} __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null) || return 1
    lines=("\${(@f)answer}")
    last=$lines[-1]
    for line in "\${(@)lines[1,-2]}"; do
        values+=("\${line%%$'\\t'*}")
        if [[ $line == *$'\\t'* ]]; then
            shown+=("\${line%%$'\\t'*}  -- \${line#*$'\\t'}")
        else
            shown+=("$line")
        fi
    done
    [[ $last == *nospace* ]] && more=(-S '')
    local ret=1
    (( $#values )) && compadd "\${(@)more}" -l -d shown -a values && ret=0
    case $last in
    :files*) compset -P '--*='; _files && ret=0 ;;
    :directories*) compset -P '--*='; _files -/ && ret=0 ;;
    esac
    return ret
}
if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then
    _tctl "$@"
else
    compdef _tctl tctl
fi
`;

/** complete(1) of fish. */
const fish = `# fish completion of tctl. Keep it as ~/.config/fish/completions/tctl.fish
function __tctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    or return
    set -l last $lines[-1]
    set -e lines[-1]
    test (count $lines) -gt 0; and printf '%s\\n' $lines
    set -l path (string replace -r -- '^--[^=]*=' '' "$current")
    set -l prefix (string replace -- "$path" '' "$current")
    switch $last
        case ':files*'
            __fish_complete_path "$path" | string replace -r '^' -- "$prefix"
        case ':directories*'
            __fish_complete_directories "$path" '' | string replace -r '^' -- "$prefix"
    end
end
complete -c tctl -f -a '(__tctl_complete)'
`;

export const scripts: Readonly<Record<(typeof shells)[number], string>> = { bash, zsh, fish };
