using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Trust;

/// <summary>What a run is to do, said as plainly as it can be: two maps from names to texts, and what was applied last.</summary>
internal sealed class ReferenceModel
{
    public SortedDictionary<string, string> Git { get; init; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> Kestra { get; init; } = new(StringComparer.Ordinal);

    /// <summary>By name, what Git held when it was applied, and what Kestra held afterwards.</summary>
    public Dictionary<string, (string Git, string Kestra)> Applied { get; init; } = [];

    /// <param name="Writes">By name what Kestra is to hold; null: it goes.</param>
    /// <param name="Applied">Afterwards.</param>
    public sealed record Verdict(SortedDictionary<string, string?> Writes, bool Blocked, bool Waits, Dictionary<string, (string, string)> Applied);

    public Verdict Judge(SyncPolicy policy, SafetyRules rules)
    {
        var (writes, applied) = (new SortedDictionary<string, string?>(StringComparer.Ordinal), new Dictionary<string, (string, string)>(Applied));
        var (blocked, strangers) = (false, 0);
        foreach (var name in Git.Keys.Union(Kestra.Keys).Union(Applied.Keys).ToList())
        {
            var (git, kestra) = (Git.GetValueOrDefault(name), Kestra.GetValueOrDefault(name));
            var owned = Applied.TryGetValue(name, out var last);
            var (gitMoved, kestraMoved) = (git != last.Git, kestra != last.Kestra);
            if (git == kestra)
            {
                if (git is null) applied.Remove(name);
                else applied[name] = (git, git);
                continue;
            }

            if (git is null && (policy.WhenMissing == WhenMissing.Keep || Git.Count == 0)) continue;
            if (git is null && !owned) strangers++;
            var write = !owned || !kestraMoved || (gitMoved ? policy.OnConflict == OnConflict.Source : policy.OnDrift == OnDrift.Overwrite);
            blocked |= owned && gitMoved && kestraMoved && policy.OnConflict == OnConflict.Fail;
            if (!write) continue;
            writes[name] = git;
            if (git is null) applied.Remove(name);
            else applied[name] = (git, git);
        }

        var deletes = writes.Values.Count(w => w is null);
        var share = Applied.Count >= SafetyRules.PercentFrom && deletes * 100 > rules.MaxDeletePercent * Applied.Count;
        var waits = !blocked && (deletes > rules.MaxDeletes || share || (policy.DeletesByDefault && strangers > 0));
        return new Verdict(writes, blocked, waits, applied);
    }
}
