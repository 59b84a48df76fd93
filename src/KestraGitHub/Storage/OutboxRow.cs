using KestraGitHub.Definitions;

namespace KestraGitHub.Storage;

/// <summary>What is told, or has been told, of one commit under one context.</summary>
/// <param name="RunId">The run that it tells of.</param>
/// <param name="Repository"><c>owner/name</c> in lower case.</param>
/// <param name="Stage">What of the run the payload was made of; empty before there was one.</param>
/// <param name="Kind"><c>status</c> or <c>check</c>.</param>
/// <param name="Payload">What is to be told, as JSON; null when there is nothing yet.</param>
/// <param name="Unsure">True: it may have arrived already. Look before it is sent again.</param>
internal sealed record OutboxRow(
    string Id, SyncKey Sync, string RunId, string Repository, string Sha, string Context, string Stage, string Kind, string? Payload, string? Digest, int Attempts, bool Unsure)
{
    /// <summary>What arrived last; null when nothing has.</summary>
    public SentReport? Sent { get; init; }
}

/// <param name="Id">GitHub's number of it.</param>
/// <param name="Run">The run that it told of.</param>
/// <param name="State"><c>pending</c>, <c>success</c>, …</param>
/// <param name="Text">What a person reads of it.</param>
internal sealed record SentReport(string Kind, string Id, string Run, string Digest, string State, string Text);
