using System.Text.Json;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Kestra;

/// <summary>What <c>/configs</c> says of a server.</summary>
internal sealed record KestraConfiguration(
    string? Version, string? Edition, string? Uuid, bool? IsBasicAuthInitialized, string? SystemNamespace, bool? InMaintenance,
    bool? IsCustomDashboardsEnabled = null);

/// <summary>One row of a search. Only what is asked of it is read; the rest (tasks, labels) has shapes of its own in every version.</summary>
internal sealed record FlowRow(string? Namespace, string? Id, int? Revision, string? Updated, bool? Deleted, bool? Draft, JsonElement Exception)
{
    public ResourceKey Key => new(ResourceKind.Flow, Namespace ?? "", Id ?? "");
}

internal sealed record FlowPage(IReadOnlyList<FlowRow>? Results, int? Total);

/// <summary>One flow with its source. Its id is not read: a POST answers <c>8</c> for an id written <c>010</c> [flow.bad-ids].</summary>
internal sealed record FlowBody(int? Revision, string? Source, bool? Deleted);

/// <summary>One row of a validation.</summary>
internal sealed record ValidationRow(int? Index, string? Filename, string? Constraints);

internal sealed record NamespaceRow(string? Id);

internal sealed record NamespacePage(IReadOnlyList<NamespaceRow>? Results);

/// <summary>A dashboard, an app or a unit test, in a list or by itself.</summary>
/// <param name="Uid">Of an app: what the server calls it; it does not stand in its source.</param>
/// <param name="SourceCode">What a dashboard calls its source.</param>
internal sealed record ObjectRow(string? Uid, string? Namespace, string? Id, string? Updated, string? Source, string? SourceCode, bool? Deleted)
{
    public string? Text => Source ?? SourceCode;
}

internal sealed record ObjectPage(IReadOnlyList<ObjectRow>? Results, int? Total);

/// <summary>One entry of a directory.</summary>
internal sealed record DirectoryRow(string? FileName, string? Type, long? Size, long? LastModifiedTime);
