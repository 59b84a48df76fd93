using KestraGitHub.Configuration;
using KestraGitHub.Storage;

namespace KestraGitHub.Runs;

/// <summary>The log of one run, as people read it on its page. Lines are kept in order and written in small groups.</summary>
internal sealed class RunLog(RunStore runs, string runId, long lastSeq, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<RunEvent> _waiting = [];
    private long _seq = lastSeq;

    public void Step(string step, string message) => Add("info", step, message);

    public void Info(string message) => Add("info", "", message);

    public void Warn(string message) => Add("warning", "", message);

    public void Error(string step, string message) => Add("error", step, message);

    /// <summary>Writes what waits. Lines that the store does not take now wait for the next time: no run fails for its log.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        List<RunEvent> lines;
        lock (_gate)
        {
            lines = [.. _waiting];
            _waiting.Clear();
        }

        try
        {
            if (lines.Count > 0) await runs.AppendAsync(runId, lines, ct);
        }
        catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
        {
            lock (_gate) _waiting.InsertRange(0, lines);
            if (e is OperationCanceledException) throw;
        }
    }

    private void Add(string level, string step, string message)
    {
        lock (_gate) _waiting.Add(new RunEvent(++_seq, time.GetUtcNow(), level, step, Redaction.Clean(message)));
    }
}
