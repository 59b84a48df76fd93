namespace KestraGitHub.StandIns.Kestra;

/// <summary>
/// What a call costs on a real server (measured with 1,000 and 10,000 flows, two cores): a fixed part, a part per stored
/// flow, because each call scans the table, and a part per flow in the body. Two calls are worked on at a time, so one
/// waits for the others; writes leave work behind that makes calls slower for a while afterwards.
/// </summary>
internal sealed class Costs(bool isV2) : IDisposable
{
    private readonly SemaphoreSlim workers = new(2, 2);
    private readonly CancellationTokenSource stop = new();
    private double backlog;
    private int digesting;

    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
        workers.Dispose();
    }

    public async Task ChargeAsync(Call call, int flows, TimeSpan spent, CancellationToken cancellation)
    {
        var cost = Math.Max(0, Estimate(call, flows, out var writes) - spent.TotalMilliseconds);
        await workers.WaitAsync(cancellation);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(cost), cancellation);
        }
        finally
        {
            workers.Release();
        }

        if (writes > 0)
        {
            Leave(writes * (isV2 ? 5 : Math.Min(25, 5 + (flows * 0.02))));
        }
    }

    private double Estimate(Call call, int flows, out int writes)
    {
        var path = call.RawPath;
        var factor = isV2 ? 1.0 : 0.5;
        var write = path.Contains("/flows", StringComparison.Ordinal) && call.Method is "PUT" or "POST" or "DELETE" && !path.Contains("/validate", StringComparison.Ordinal)
            && !path.Contains("/export", StringComparison.Ordinal) && !path.Contains("/files", StringComparison.Ordinal);
        var inBody = call.Parts.Count > 0 ? call.Parts.Count : 1 + (call.Body.AsSpan().Count("\n---"u8) is var n ? n : 0);
        writes = write ? inBody : 0;
        if (path.Contains("/files", StringComparison.Ordinal))
        {
            return path.EndsWith("/export", StringComparison.Ordinal) ? 20 : 1.5;
        }

        if (path.Contains("/export/", StringComparison.Ordinal))
        {
            var part = call.RawTarget.Contains("namespace", StringComparison.Ordinal) ? 0.15 : 1;
            return factor * (10 + (0.076 * flows * part));
        }

        if (path.EndsWith("/validate", StringComparison.Ordinal))
        {
            return inBody * 0.6;
        }

        if (write)
        {
            return factor * (call.Method == "PUT" ? 11 + (0.04 * flows) : inBody > 1 ? inBody * (6 + (0.004 * flows)) : 11 + (0.008 * flows));
        }

        var rows = Math.Min(flows, int.TryParse(call.All("size").FirstOrDefault(), out var size) ? size : 10);
        var sorted = call.RawTarget.Contains("updated", StringComparison.Ordinal) ? 0.012 * flows : 0;
        return path.EndsWith("/flows/search", StringComparison.Ordinal)
            ? factor * (2 + (0.0065 * flows) + (0.06 * rows) + sorted)
            : path.Contains("/flows/", StringComparison.Ordinal) ? factor * (2 + (0.006 * flows)) : 1;
    }

    /// <summary>Work left behind is done in small bites when no call wants the workers.</summary>
    private void Leave(double milliseconds)
    {
        lock (workers)
        {
            backlog = Math.Min(25_000, backlog + milliseconds);
        }

        if (Interlocked.Exchange(ref digesting, 1) == 0)
        {
            _ = DigestAsync();
        }
    }

    private bool TakeBoth()
    {
        if (!workers.Wait(0))
        {
            return false;
        }

        if (workers.Wait(0))
        {
            return true;
        }

        workers.Release();
        return false;
    }

    private async Task DigestAsync()
    {
        const double bite = 20;
        try
        {
            while (true)
            {
                lock (workers)
                {
                    if (backlog <= 0)
                    {
                        Interlocked.Exchange(ref digesting, 0);
                        return;
                    }

                    backlog -= bite;
                }

                // Calls come first; but whoever calls during a bite waits for its end.
                while (!TakeBoth())
                {
                    await Task.Delay(10, stop.Token);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(bite), stop.Token);
                workers.Release(2);
                await Task.Delay(5, stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
        }
    }
}
