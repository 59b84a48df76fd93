using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.Cluster;

/// <summary>One write of a flow as it came to Kestra: which node sent it, for which sync.</summary>
internal sealed record Write(string Node, string Sync, long Began, long Ended);

/// <summary>Who wrote what to Kestra, and when.</summary>
internal sealed partial class WriteBook
{
    private readonly ConcurrentQueue<Write> _writes = new();

    public IReadOnlyList<Write> All => [.. _writes.OrderBy(w => w.Began)];

    public void Add(EndedCall call)
    {
        if (call.Method == "GET" || !call.Path.Contains("/flows", StringComparison.Ordinal) || call.Path.EndsWith("/validate", StringComparison.Ordinal)) return;
        if (NamespaceOfSync().Match(call.Path + "\n" + call.Body) is { Success: true } sync) _writes.Enqueue(new(call.Username, sync.Groups[1].Value, call.Began, call.Ended));
    }

    public IReadOnlyList<Write> By(ServiceProcess node) => [.. All.Where(w => w.Node == node.Settings["Kestra__Username"])];

    /// <summary>Where the writer of a sync changes, the writes of the one before have all ended.</summary>
    public void AssertOneWriterAtATime()
    {
        foreach (var sync in All.GroupBy(w => w.Sync))
        {
            var (node, ended) = ("", 0L);
            foreach (var write in sync)
            {
                Assert.True(write.Node == node || write.Began >= ended, $"{write.Node} writes {sync.Key} while a write of {node} is under way");
                (node, ended) = (write.Node, Math.Max(ended, write.Ended));
            }
        }
    }

    [GeneratedRegex(@"team\.(\w+)")]
    private static partial Regex NamespaceOfSync();
}
