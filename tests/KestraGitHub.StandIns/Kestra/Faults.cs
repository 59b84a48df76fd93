namespace KestraGitHub.StandIns.Kestra;

public enum FaultEffect
{
    /// <summary>Wait, then answer as always.</summary>
    Latency,

    /// <summary>Answer with a status and nothing else but the rule's body; nothing is done.</summary>
    Status,

    /// <summary>Do it, announce the whole body, send half of it and drop the connection.</summary>
    CutBody,

    /// <summary>A page for people with status 200, as proxies send; nothing is done.</summary>
    Html,

    /// <summary>Never answer; nothing is done.</summary>
    Hang,

    /// <summary>Do it, then drop the connection before the first byte of the answer.</summary>
    Drop,
}

/// <summary>What goes wrong, and for which calls.</summary>
public sealed record FaultRule
{
    public FaultEffect Effect { get; init; }

    /// <summary>Null = every method.</summary>
    public string? Method { get; init; }

    /// <summary>A piece of path and query as sent; null = every path.</summary>
    public string? PathContains { get; init; }

    /// <summary>How many matching calls it spares first.</summary>
    public int After { get; init; }

    /// <summary>How often it strikes; null = for ever.</summary>
    public int? Count { get; init; }

    public double Probability { get; init; } = 1;

    public int LatencyMs { get; init; }

    public int Status { get; init; } = 503;

    /// <summary>Seconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>JSON that comes with the status.</summary>
    public string? Body { get; init; }
}

/// <summary>The rules in force; the first that strikes counts.</summary>
public sealed class FaultRules
{
    private readonly Lock gate = new();
    private readonly List<Entry> rules = [];

    public int Struck { get; private set; }

    public void Add(FaultRule rule)
    {
        lock (gate)
        {
            rules.Add(new Entry(rule));
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            rules.Clear();
        }
    }

    internal FaultRule? Next(string method, string target)
    {
        lock (gate)
        {
            foreach (var entry in rules)
            {
                var rule = entry.Rule;
                if ((rule.Method is not null && !rule.Method.Equals(method, StringComparison.OrdinalIgnoreCase))
                    || (rule.PathContains is not null && !target.Contains(rule.PathContains, StringComparison.OrdinalIgnoreCase))
                    || ++entry.Seen <= rule.After || entry.Struck >= (rule.Count ?? int.MaxValue)
#pragma warning disable CA5394 // Chance, not a secret.
                    || (rule.Probability < 1 && Random.Shared.NextDouble() >= rule.Probability))
#pragma warning restore CA5394
                {
                    continue;
                }

                entry.Struck++;
                Struck++;
                return rule;
            }

            return null;
        }
    }

    private sealed class Entry(FaultRule rule)
    {
        public FaultRule Rule => rule;

        public int Seen { get; set; }

        public int Struck { get; set; }
    }
}
