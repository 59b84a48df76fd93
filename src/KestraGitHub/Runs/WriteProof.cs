using KestraGitHub.Reconciliation;

namespace KestraGitHub.Runs;

/// <summary>Whether the target says that it holds what it was sent.</summary>
internal static class WriteProof
{
    /// <summary>The same result, or a failure where something between here and there altered an object. White space and line ends are no alteration.</summary>
    public static ApplyResult Of(ApplyResult result)
    {
        if (result.Failure is not null) return result;
        List<ResourceKey> altered = [.. result.Done.Where(IsAltered).Select(d => d.Change.Key)];
        return altered.Count == 0 ? result : result with
        {
            Cursor = null,
            Failure = new ApplyFailure(null, new PermanentFailureException(
                $"Kestra holds something else than it was sent of {LogWords.Named(altered)}. Look whether something between here and Kestra rewrites what is sent.")),
        };
    }

    /// <summary>What is known of the writes of a result without a failure, in words; null where there were none.</summary>
    public static string? Words(ApplyResult result)
    {
        var sent = result.Done.Where(d => d.Change.Action != ChangeAction.Deleted).ToList();
        var (shown, gone) = (sent.Count(d => d.Now is not null), result.Done.Count - sent.Count);
        var held = shown == sent.Count ? Objects(sent.Count) : $"{shown} of {Objects(sent.Count)}";
        return (sent.Count, gone) switch
        {
            (0, 0) => null,
            (0, _) => $"Kestra has deleted {Objects(gone)}",
            (_, 0) => $"Kestra holds {held} as sent",
            _ => $"Kestra holds {held} as sent, and has deleted {gone}",
        };
    }

    private static string Objects(int count) => count == 1 ? "1 object" : $"{count} objects";

    private static bool IsAltered(AppliedChange done) =>
        done is { Now: { } now, Change.Desired: { } sent } && now.Digest != sent.Digest && now.Likeness != sent.Likeness;
}
