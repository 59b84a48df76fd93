namespace KestraGitHub.Cli;

/// <summary>Where a command writes. Colours and the width are for a terminal only, and colours not where NO_COLOR is set.</summary>
internal sealed record Screen(TextWriter Out, TextWriter Errors, bool Colors, int? Width)
{
    /// <summary>True where a person looks on while something goes on: the standard error is a terminal.</summary>
    public bool Follows { get; init; }

    public static Screen OfConsole() => new(
        StandardOutput.Open(), Console.Error, !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        Console.IsOutputRedirected || Console.WindowWidth < 40 ? null : Console.WindowWidth)
    {
        Follows = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb"),
    };

    public string Colored(string text, int color) => Colors && color > 0 ? $"\u001b[{color}m{text}\u001b[0m" : text;

    public string Fit(string line) => Width is { } width && line.Length > width ? line[..(width - 1)] + "…" : line;

    /// <summary>What a person needs whole, in lines of the terminal; those that go on are set in.</summary>
    public string Wrap(string line)
    {
        const string Indent = "    ";
        if (Width is not { } width || line.Length <= width) return line;
        var lines = new List<string>();
        for (var rest = line; rest.Length > 0;)
        {
            var room = lines.Count == 0 ? width : width - Indent.Length;
            var blank = rest.Length <= room ? -1 : rest.LastIndexOf(' ', room, room);
            var end = rest.Length <= room ? rest.Length : blank > 0 && !string.IsNullOrWhiteSpace(rest[..blank]) ? blank : room;
            lines.Add((lines.Count == 0 ? "" : Indent) + rest[..end].TrimEnd());
            rest = rest[end..].TrimStart();
        }

        return string.Join('\n', lines);
    }

    /// <summary>Names come from repositories: nothing in them may steer a terminal.</summary>
    public static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) && c != '\t' ? '\ufffd' : c));
}
