using System.Globalization;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Runs;

/// <summary>Bounds of what one run may write.</summary>
internal static class LimitRules
{
    /// <summary>What is too much, with the object, its size and the limit; null when nothing is.</summary>
    public static string? Fault(IEnumerable<SyncPlan> plans, RunLimits limits)
    {
        var writes = plans.SelectMany(p => p.Writes).ToList();
        var sent = writes.Where(w => w.Desired is not null).ToList();
        if (limits.FileBytes is { } most && sent.Where(w => w.Desired!.Size > most).MaxBy(w => w.Desired!.Size) is { } large)
            return Text($"{large.Key} has {large.Desired!.Size} bytes, more than limits.fileBytes ({most}). Nothing was written: make it smaller, or raise the limit.");
        if (limits.Objects is { } objects && writes.Count > objects)
            return Text($"{writes.Count} objects would be written (the first is {writes[0].Key}), more than limits.objects ({objects}). Nothing was written: raise the limit, or bring them in parts.");
        var bytes = sent.Sum(w => w.Desired!.Size);
        if (limits.Bytes is { } sum && bytes > sum)
        {
            var largest = sent.MaxBy(w => w.Desired!.Size)!;
            return Text($"{bytes} bytes would be written, more than limits.bytes ({sum}); the largest is {largest.Key} with {largest.Desired!.Size}. Nothing was written: raise the limit, or bring them in parts.");
        }

        return null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
