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
        new("forbidden", 403, "The rights are too small", "The token is known, and its role or its scope does not allow this. `detail` says which.", "Use a token with the role that the path needs: viewer to read, operator to change a sync, admin for the whole service; what is of the whole service needs one without a Scope."),
        new("not-found", 404, "There is no such thing", "It does not exist, or lies outside of the token's scope: the two are not told apart.", "Check the name in GET /api/v1/{tenant}/syncs, and the token's Scope."),
        new("method-not-allowed", 405, "The path does not take this method", "The header Allow names the methods that it takes.", "Use one of them."),
        new("too-slow", 408, "The body did not come in time", "The connection stood still while the body was on its way, or it came slower than Webhooks:BodyTimeout allows.", "Send the request again; where it happens often, look at the network and the proxy between."),
        new("conflict", 409, "It cannot be done now", "The state of the sync or the run does not allow it: it is disabled, has ended, does not wait, or runs already. `detail` says which.", "Look at the sync or the run, and ask again when `detail`'s reason is gone."),
        new("definition-broken", 409, "The definition does not load", "The file of this definition has faults; they are listed under `faults`, each with line, column and cure. Nothing of it runs until they are mended.", "Mend the file. `kestra-github validate FILE` says the same without the service."),
        new("key-in-use", 409, "The first request with this key is under way", "Another request with the same Idempotency-Key has not been answered yet.", "Wait the seconds that Retry-After says, and send the same request again: its answer will be the first one's."),
        new("changed", 412, "It is another one by now", "The answer is not the one that `If-Match` names: the branch or the tag moved since.", "Ask without `If-Match`, and take the new answer whole."),
        new("too-large", 413, "The body is too large", "The body has more bytes than this path takes: 64 KiB in the API, Webhooks:MaxBodyBytes for a delivery.", "Send less."),
        new("media-type", 415, "The body is of another kind", "The body is no JSON, or does not say that it is.", "Send it with Content-Type: application/json."),
        new("range", 416, "There is nothing in this range", "`Range` begins behind the last byte. The header Content-Range says how many there are.", "Ask for bytes that are there: a download that has them all is complete."),
        new("key-reused", 422, "The key was used for another request", "An Idempotency-Key names one request for 24 hours: the same method, path and body. This one differs from the first.", "Make a new key for each new request, and send a key again only with the very same request."),
        new("unsafe-name", 422, "A name in the repository cannot be written to a disk", "The repository of the Clone task holds a file whose name would be unsafe where it is unpacked, such as `..` or `.git`. `detail` names it.", "Rename it in the repository."),
        new("repository-too-large", 422, "The repository is larger than is read", "The repository of the Clone task holds more than this service reads. `detail` says what.", "Clone a smaller repository, or fetch this one with git itself."),
        new("too-many", 429, "Too many attempts", "A sign-in was tried too often.", "Wait the seconds that Retry-After says."),
        new("fault", 500, "A fault of the service", "Something went wrong that nobody foresaw. The log has it under the number in `detail`.", "Look into the log, and tell the project what it says."),
        new("git", 502, "Git does not hand it out", "The Git server could not be reached, refused the credential, or sent what is damaged. `detail` says which, and the cure.", "Do what `detail` says. `kestra-github doctor` tries the same from the service's machine."),
        new("unavailable", 503, "The service cannot answer now", "Its database does not answer, too many bytes are under way, or it stops.", "Wait the seconds that Retry-After says, and send the request again: with an Idempotency-Key it is done once."),
        new("git-slow", 504, "Git did not answer in time", "The Git server took longer than Git:LsRemoteTimeout or Git:FetchTimeout.", "Try again; where it happens often, look at the Git server, or raise the timeout."),
        new("disk-full", 507, "The disk is full", "There is no room left in Data:Path for the repository.", "Make room on the service's disk, and send the request again."),
    ];

    /// <summary>The kind of a problem that says no more than its status.</summary>
    public static ProblemKind? Of(int status) => All.FirstOrDefault(p => p.Status == status);

    public static ProblemKind Named(string name) => All.First(p => p.Name == name);
}
