using KestraGitHub.Cli;

namespace KestraGitHub.Tests.Cli;

public sealed class ScreenTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    [Fact]
    public void Colours_are_for_a_terminal_and_nothing_of_a_repository_steers_it()
    {
        Assert.Equal("\u001b[31mx\u001b[0m", Of(colors: true).Colored("x", 31));
        Assert.Equal("x", Of().Colored("x", 31));
        Assert.Equal("a\ufffd[31mb\ufffd", Screen.Plain("a\u001b[31mb\n"));
    }

    [Fact]
    public void Lines_fit_a_terminal_and_are_whole_in_a_pipe()
    {
        Assert.Equal("0123456789", Of().Fit("0123456789"));
        Assert.Equal("0123…", Of(width: 5).Fit("0123456789"));
    }

    [Theory]
    [InlineData("it fits", "it fits")]
    [InlineData("invalid  a.yaml  the reason is long", "invalid\n    a.yaml\n    the\n    reason\n    is long")]
    [InlineData("abcdefghijklmnop", "abcdefghijkl\n    mnop")]
    public void What_a_person_needs_whole_goes_on_in_the_next_line(string line, string shown)
    {
        Assert.Equal(line, Of().Wrap(line));
        Assert.Equal(shown, Of(width: 12).Wrap(line));
        Assert.All(shown.Split('\n'), l => Assert.True(l.Length <= 12, l));
    }

    [Fact]
    public void Progress_is_for_whoever_looks_on_and_goes_when_it_is_done()
    {
        using (var silent = new Progress(Of(), "files", 3)) silent.Step();
        Assert.Empty(_errors.ToString());
        using (var shown = new Progress(Of() with { Follows = true }, "files", 3)) shown.Step();
        Assert.Equal("\r\u001b[K[######..............] 1/3 files\r\u001b[K", _errors.ToString());
        Assert.Empty(_output.ToString());
    }

    private Screen Of(bool colors = false, int? width = null) => new(_output, _errors, colors, width);
}
