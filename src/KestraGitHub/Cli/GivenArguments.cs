namespace KestraGitHub.Cli;

/// <summary>The arguments, taken apart: settings for the host, and the words of a command. Without a word it serves.</summary>
/// <param name="Settings">As <c>--Section:Key=value</c>, however they were given.</param>
internal sealed record GivenArguments(IReadOnlyList<string> Settings, IReadOnlyList<string> Words)
{
    /// <summary>Of the settings, without dashes and values.</summary>
    public IEnumerable<string> Keys => Settings.Select(s => s[2..].Split('=', 2)[0]);

    public static GivenArguments Of(IReadOnlyList<string> arguments)
    {
        var (settings, words) = (new List<string>(), new List<string>());
        for (var at = 0; at < arguments.Count; at++)
        {
            if (words.Contains("--") || KeyOf(arguments[at], leads: words.Count == 0) is not { } key) words.Add(arguments[at]);
            else if (arguments[at].Split('=', 2) is [_, var value]) settings.Add($"--{key}={value}");
            else if (at + 1 < arguments.Count) settings.Add($"--{key}={arguments[++at]}");
            else settings.Add($"--{key}");
        }

        return new(settings, words);
    }

    /// <summary>
    /// Null for a word of a command. Told from a command's own option by the colon; before a command, where no option has a place, all that the host
    /// would take counts: <c>/Data:Path=x</c>, <c>Data:Path=x</c>, and a name that is wrong.
    /// </summary>
    private static string? KeyOf(string word, bool leads)
    {
        var (name, dashed) = word.StartsWith("--", StringComparison.Ordinal) ? (word[2..], true) : leads && word.StartsWith('/') ? (word[1..], true) : (word, false);
        if (name.Split('=', 2) is not [{ Length: > 0 } key, .. var value] || !dashed && !leads) return null;
        var counts = dashed ? HostSettings.Knows(key) || value.Length > 0 && (leads || key.Contains(':')) : value.Length > 0 && HostSettings.Knows(key);
        return counts ? key : null;
    }
}
