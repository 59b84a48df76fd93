using System.Text.Json;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Api;

/// <summary>The body of a request for a run. All of it may be left out.</summary>
/// <param name="DryRun">Plan only.</param>
/// <param name="Revision">A commit, branch or tag to read instead of the task's own branch.</param>
/// <param name="Force">Try again what failed for good, or apply what is held since a rollback.</param>
/// <param name="OnConflict">What wins in this run where both sides changed; left out, what the definition says.</param>
public sealed record RunWish(bool? DryRun = null, string? Revision = null, bool? Force = null, OnConflict? OnConflict = null)
{
    /// <exception cref="BadHttpRequestException">The body is none; the message says why.</exception>
    internal static async Task<RunWish> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var faults = new List<string>();
        var wish = new RunWish();
        foreach (var (name, value) in await JsonBody.MembersAsync(request, ct))
            switch (name, value.ValueKind)
            {
                case ("dryRun", JsonValueKind.True or JsonValueKind.False): wish = wish with { DryRun = value.GetBoolean() }; break;
                case ("force", JsonValueKind.True or JsonValueKind.False): wish = wish with { Force = value.GetBoolean() }; break;
                case ("revision", JsonValueKind.String): wish = wish with { Revision = value.GetString() }; break;
                case ("onConflict", JsonValueKind.String) when ConflictWords.Parse(value.GetString()) is { } winner: wish = wish with { OnConflict = winner }; break;
                case ("dryRun" or "revision" or "force" or "onConflict", JsonValueKind.Null): break;
                case ("dryRun" or "force", _): faults.Add($"{name} must be true or false."); break;
                case ("revision", _): faults.Add("revision must be a text."); break;
                case ("onConflict", _): faults.Add("onConflict must be source, target, merge or fail."); break;
                default: faults.Add($"{JsonEncodedText.Encode(name)} is unknown; known are dryRun, revision, force and onConflict."); break;
            }
        return faults.Count == 0 ? wish : throw new BadHttpRequestException(string.Join(' ', faults));
    }
}

/// <summary>The body of an approval; it may be left out.</summary>
/// <param name="Plan">The plan that was looked at, as <c>approval.plan</c> of the run names it: another one is then not approved.</param>
public sealed record ApprovalWish(string? Plan = null);

/// <summary>The body of a rollback: one of the two first.</summary>
/// <param name="Run">A run of this sync that succeeded: its commits are wanted again.</param>
/// <param name="Revision">A commit, branch or tag.</param>
/// <param name="Reason">Why, for those who find it so.</param>
public sealed record RollbackWish(string? Run = null, string? Revision = null, string? Reason = null);
