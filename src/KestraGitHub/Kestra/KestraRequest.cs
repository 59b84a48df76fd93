namespace KestraGitHub.Kestra;

/// <summary>One call, before it is sent.</summary>
/// <param name="Path">Below <c>/api/v1/</c>, percent-encoded.</param>
/// <param name="Query">Without the question mark, percent-encoded; never part of a message.</param>
/// <param name="Accept">
/// Exports answer 404 and contents 406 when they are asked for JSON [probe.wire, nsfile.crud]; so each call says what it takes.
/// </param>
/// <param name="Body">Made anew for each sending.</param>
internal sealed record KestraRequest(
    HttpMethod Method, string Path, string Query, string Accept, TimeSpan Timeout, Func<HttpContent>? Body = null)
{
    public const string Json = "application/json";
    public const string Bytes = "application/octet-stream";
    public const string Anything = "*/*";
}
