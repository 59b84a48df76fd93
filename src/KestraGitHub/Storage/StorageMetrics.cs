using System.Diagnostics.Metrics;

namespace KestraGitHub.Storage;

/// <summary>What the writer tells about itself.</summary>
internal sealed class StorageMetrics : IDisposable
{
    private readonly Meter _meter = new("KestraGitHub");
    private readonly Histogram<int> _groupSize;
    private readonly Histogram<double> _duration;

    public StorageMetrics(Func<int> queueDepth)
    {
        _groupSize = _meter.CreateHistogram<int>("kestra_github_commit_group_size", description: "Writes that shared one commit.");
        _duration = _meter.CreateHistogram<double>("kestra_github_commit_duration_seconds", "s", "From the start of a transaction until it was on the disk.");
        _meter.CreateObservableGauge("kestra_github_write_queue_depth", queueDepth, description: "Writes that wait for a commit.");
    }

    public void Committed(int writes, TimeSpan took)
    {
        _groupSize.Record(writes);
        _duration.Record(took.TotalSeconds);
    }

    public void Dispose() => _meter.Dispose();
}
