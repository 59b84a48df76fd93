using System.Text;

namespace KestraGitHub.Demo;

/// <summary>A few well-set lines; plain ASCII without colours where nobody looks at them on a terminal.</summary>
internal sealed class Screen
{
    private readonly bool _isTerminal = !Console.IsOutputRedirected;
    private readonly bool _hasColours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public Screen()
    {
        if (_isTerminal) Console.OutputEncoding = Encoding.UTF8;
    }

    public string Arrow => _isTerminal ? "→" : "->";

    public void Title(string text) => Line(Paint("1", text));

    public void Step(string text) => Line($"\n{Paint("1", text)}");

    public void Fact(string name, string text) => Line($"  {Paint("2", name.PadRight(10))} {text}");

    public void Good(string text) => Line($"  {Paint("32", _isTerminal ? "✓" : "ok")} {text}");

    public void Note(string text) => Line($"  {text}");

    public void Bad(string text) => Console.Error.WriteLine($"\n{(_isTerminal ? "✗" : "FAILED:")} {text}");

    public void Line(string text = "") => Console.WriteLine(text);

    private string Paint(string colour, string text) => _hasColours ? $"\e[{colour}m{text}\e[0m" : text;
}
