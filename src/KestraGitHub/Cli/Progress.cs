using System.Globalization;

namespace KestraGitHub.Cli;

/// <summary>How far long work is, in one line of the terminal that goes when it is done. Where nobody looks on, nothing.</summary>
internal sealed class Progress(Screen screen, string what, int all) : IDisposable
{
    private const int Cells = 20;
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(100);

    private int _done;
    private long _told;
    private bool _shown;

    public void Step()
    {
        _done++;
        if (!screen.Follows || System.Diagnostics.Stopwatch.GetElapsedTime(_told) < Often) return;
        (_told, _shown) = (System.Diagnostics.Stopwatch.GetTimestamp(), true);
        screen.Errors.Write($"\r\u001b[K{Line(_done, all, what)}");
    }

    public void Dispose()
    {
        if (_shown) screen.Errors.Write("\r\u001b[K");
    }

    public static string Line(int done, int all, string what)
    {
        var full = all == 0 ? Cells : Cells * done / all;
        return string.Create(CultureInfo.InvariantCulture, $"[{new string('#', full)}{new string('.', Cells - full)}] {done}/{all} {what}");
    }
}
