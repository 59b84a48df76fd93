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

    private static bool IsAltered(AppliedChange done) =>
        done is { Now: { } now, Change.Desired: { } sent } && now.Digest != sent.Digest && now.Likeness != sent.Likeness;
}
