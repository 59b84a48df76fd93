using System.Text.Json;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Webhooks;

/// <summary>The repository that a payload is about.</summary>
/// <param name="Names">What its addresses say, the web page's first; where it has just got another name or owner, also the one before.</param>
/// <param name="Number">Null where the payload has none, or no name.</param>
internal sealed record DeliveryRepository(IReadOnlyList<RepositoryName> Names, RepositoryNumber? Number)
{
    /// <summary>Null when the payload is about none: an organisation's event, or an App's.</summary>
    public static DeliveryRepository? Of(JsonElement body)
    {
        if (body.Member("repository") is not { ValueKind: JsonValueKind.Object } repository) return null;
        var names = new List<RepositoryName>();
        foreach (var address in (ReadOnlySpan<string>)["html_url", "clone_url", "ssh_url"])
            if (RepositoryName.Of(repository.Text(address)) is { } name && !names.Contains(name)) names.Add(name);
        if (names.Count == 0) return null;

        var number = repository.Member("id") is { ValueKind: JsonValueKind.Number } id && id.TryGetInt64(out var value) && value > 0
            ? new RepositoryNumber(names[0].Host, value)
            : null;
        if (Before(body, names[0]) is { } before && !names.Contains(before)) names.Add(before);
        return new(names, number);
    }

    /// <summary>Those, and the ones that it had when it was last told under the same number.</summary>
    public async Task<IReadOnlyList<RepositoryName>> AllNamesAsync(RepositoryStore known, CancellationToken ct) =>
        Number is null ? Names : [.. Names.Union(await known.NamesAsync(Number, ct))];

    /// <summary>What it was called before, in a <c>repository</c> event that tells so.</summary>
    private static RepositoryName? Before(JsonElement body, RepositoryName now)
    {
        if (now.Path.Split('/') is not [var owner, var name] || body.Member("changes") is not { } changes) return null;
        var from = changes.Member("owner")?.Member("from");
        var formerOwner = from?.Member("organization")?.Text("login") ?? from?.Member("user")?.Text("login");
        var formerName = changes.Member("repository")?.Member("name")?.Text("from");
        return formerOwner is null && formerName is null ? null : RepositoryName.Of($"https://{now.Host}/{formerOwner ?? owner}/{formerName ?? name}");
    }
}
