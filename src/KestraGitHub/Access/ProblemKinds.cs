namespace KestraGitHub.Access;

/// <summary>One kind of problem, with a page of its own at <see cref="Address"/>.</summary>
/// <param name="Means">What happened, as sentences.</param>
/// <param name="Cure">What the caller can do.</param>
internal sealed record ProblemKind(string Name, int Status, string Title, string Means, string Cure)
{
    /// <summary>Within the service: behind a proxy, its base stands before it.</summary>
    public string Address => $"/problems/{Name}";
}

/// <summary>Every kind of problem (RFC 9457) that the service answers with.</summary>
internal static class ProblemKinds
{
    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        new("bad-request", 400, "The request is wrong", "A parameter or the body is not what this path takes. `detail` names it.", "Change the request as `detail` says. Sending it again as it is changes nothing."),
        new("sign-in", 401, "The caller is not known", "There is no token, or one that is not among Api:Tokens (or Clones:Tokens).", "Send `Authorization: Bearer TOKEN`. Without Api:Tokens the token is in the file admin-token of the data folder."),
        new("forbidden", 403, "The role is too small", "The token is known, and its role does not allow this.", "Use a token with the role that the path needs: viewer to read, operator to change a sync, admin for the whole service."),
        new("not-found", 404, "There is no such thing", "It does not exist, or lies outside of the token's scope: the two are not told apart.", "Check the name in GET /api/v1/{tenant}/syncs, and the token's Scope."),
        new("method-not-allowed", 405, "The path does not take this method", "The header Allow names the methods that it takes.", "Use one of them."),
        new("conflict", 409, "It cannot be done now", "The state of the sync or the run does not allow it: it is disabled, has ended, does not wait, or runs already. `detail` says which.", "Look at the sync or the run, and ask again when `detail`'s reason is gone."),
        new("definition-broken", 409, "The definition does not load", "The file of this definition has faults; they are listed under `faults`, each with line, column and cure. Nothing of it runs until they are mended.", "Mend the file. `kestra-github validate FILE` says the same without the service."),
        new("key-in-use", 409, "The first request with this key is under way", "Another request with the same Idempotency-Key has not been answered yet.", "Wait the seconds that Retry-After says, and send the same request again: its answer will be the first one's."),
        new("too-large", 413, "The body is too large", "The body has more bytes than this path takes: 64 KiB in the API, Webhooks:MaxBodyBytes for a delivery.", "Send less."),
        new("media-type", 415, "The body is of another kind", "The body is no JSON, or does not say that it is.", "Send it with Content-Type: application/json."),
        new("key-reused", 422, "The key was used for another request", "An Idempotency-Key names one request for 24 hours: the same method, path and body. This one differs from the first.", "Make a new key for each new request, and send a key again only with the very same request."),
        new("too-many", 429, "Too many attempts", "A sign-in was tried too often.", "Wait the seconds that Retry-After says."),
        new("fault", 500, "A fault of the service", "Something went wrong that nobody foresaw. The log has it under the number in `detail`.", "Look into the log, and tell the project what it says."),
        new("unavailable", 503, "The service cannot answer now", "Its database does not answer, too many bytes are under way, or it stops.", "Wait the seconds that Retry-After says, and send the request again: with an Idempotency-Key it is done once."),
    ];

    /// <summary>The kind of a problem that says no more than its status.</summary>
    public static ProblemKind? Of(int status) => All.FirstOrDefault(p => p.Status == status);

    public static ProblemKind Named(string name) => All.First(p => p.Name == name);
}
