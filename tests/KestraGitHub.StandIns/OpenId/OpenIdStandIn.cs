using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace KestraGitHub.StandIns.OpenId;

/// <summary>
/// An OpenID Connect provider with one client, as OpenID Connect Core 1.0 (3.1, 5.3), Discovery 1.0 and RFC 7636 have it: it refuses an address to come back to that is not
/// registered, a code that was used or is another's, a wrong verifier and a wrong secret. Its tokens can be made wrong in every way that a client must notice.
/// </summary>
public sealed class OpenIdStandIn : IAsyncDisposable
{
    public const string ClientId = "kestra-github";
    public const string ClientSecret = "the-client-secret-of-the-tests";

    private readonly ConcurrentDictionary<string, Grant> _codes = new();
    private readonly ConcurrentDictionary<string, OpenIdUser> _access = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly RSA _key = RSA.Create(2048);
    private readonly RSA _other = RSA.Create(2048);
    private WebApplication _app = null!;

    /// <summary>The provider's address, <c>Http:SignIn:OpenId:Authority</c>.</summary>
    public string Authority { get; private set; } = "";

    /// <summary>Whom the provider knows. With one, nobody is asked who he is; with more, a page does.</summary>
    public IReadOnlyList<OpenIdUser> Users { get; set; } = [];

    /// <summary>Addresses that people may be sent back to; empty for any.</summary>
    public IReadOnlyList<string> Callbacks { get; set; } = [];

    /// <summary>True: nobody is let in.</summary>
    public bool Denies { get; set; }

    /// <summary>True: groups are in the ID token; else userinfo tells them.</summary>
    public bool GroupsInToken { get; set; }

    /// <summary>Makes the claims of the ID token wrong before it is signed.</summary>
    public Action<JsonObject>? Tamper { get; set; }

    /// <summary>True: tokens are signed with a key that the provider does not publish.</summary>
    public bool SignsWithAnotherKey { get; set; }

    /// <summary>True: tokens say that they are not signed, and are not.</summary>
    public bool SignsNothing { get; set; }

    /// <summary>What a client did that it must not, in words.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Codes, tokens and the secret: what no log may hold.</summary>
    public ConcurrentBag<string> Secrets { get; } = [ClientSecret];

    public static async Task<OpenIdStandIn> StartAsync(params IReadOnlyList<OpenIdUser> users)
    {
        var standIn = new OpenIdStandIn { Users = users };
        await standIn.RunAsync();
        return standIn;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
        _other.Dispose();
    }

    private async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", Discovery);
        _app.MapGet("/keys", Keys);
        _app.MapGet("/authorize", Authorize);
        _app.MapPost("/token", TokenAsync);
        _app.MapGet("/userinfo", UserInfo);
        _app.MapGet("/favicon.ico", () => Results.NotFound());
        _app.Map("/{**path}", (HttpContext http) => Refuse(404, $"{http.Request.Method} {http.Request.Path} is no address of a provider"));
        await _app.StartAsync();
        Authority = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    private IResult Discovery() => Results.Json(new JsonObject
    {
        ["issuer"] = Authority,
        ["authorization_endpoint"] = Authority + "/authorize",
        ["token_endpoint"] = Authority + "/token",
        ["userinfo_endpoint"] = Authority + "/userinfo",
        ["jwks_uri"] = Authority + "/keys",
        ["response_types_supported"] = new JsonArray("code"),
        ["subject_types_supported"] = new JsonArray("public"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        ["code_challenge_methods_supported"] = new JsonArray("S256"),
    });

    private IResult Keys()
    {
        var key = _key.ExportParameters(false);
        return Results.Json(new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["kid"] = "one", ["n"] = Encoded(key.Modulus!), ["e"] = Encoded(key.Exponent!),
            }),
        });
    }

    private IResult Authorize(HttpRequest request)
    {
        var asked = request.Query;
        var callback = asked["redirect_uri"].ToString();
        // What cannot be trusted to be the client's is told to the person, and never sent back.
        if (asked["client_id"] != ClientId) return Refuse(400, $"the client is {asked["client_id"]}");
        if (callback.Length == 0 || (Callbacks.Count > 0 && !Callbacks.Contains(callback))) return Refuse(400, $"{callback} is not registered to come back to");
        if (asked["response_type"] != "code" || !asked["scope"].ToString().Split(' ').Contains("openid")) return Refuse(400, "neither a code nor openid was asked for");
        if (asked["code_challenge_method"] != "S256" || asked["code_challenge"].Count == 0) return Refuse(400, "there is no challenge (RFC 7636)");
        if (Denies) return Results.Redirect($"{callback}?error=access_denied&error_description=not+today&state={Uri.EscapeDataString(asked["state"].ToString())}");
        var user = Users.Count == 1 ? Users[0] : Users.FirstOrDefault(u => u.Subject == asked["as"]);
        if (user is null) return Choice(request.QueryString.Value!);
        var code = Kept(NewSecret());
        _codes[code] = new(user, callback, asked["nonce"].ToString(), asked["code_challenge"].ToString());
        return Results.Redirect($"{callback}?code={code}&state={Uri.EscapeDataString(asked["state"].ToString())}");
    }

    private IResult Choice(string query) => Results.Content(
        "<!doctype html><html lang=en><title>Who are you?</title><h1>Who are you?</h1>"
        + string.Concat(Users.Select(u => $"<p><a href=\"/authorize{WebUtility.HtmlEncode(query)}&amp;as={Uri.EscapeDataString(u.Subject)}\">{WebUtility.HtmlEncode(u.PreferredUsername ?? u.Subject)}</a>")),
        "text/html");

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (form["client_id"] != ClientId || form["client_secret"] != ClientSecret) return Error(401, "invalid_client");
        if (form["grant_type"] != "authorization_code" || !_codes.TryRemove(form["code"].ToString(), out var grant)) return Error(400, "invalid_grant");
        if (form["redirect_uri"] != grant.Callback) return Error(400, "invalid_grant");
        if (Encoded(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != grant.Challenge) return Error(400, "invalid_grant");
        var access = Kept(NewSecret());
        _access[access] = grant.User;
        return Results.Json(new JsonObject { ["access_token"] = access, ["token_type"] = "Bearer", ["expires_in"] = 300, ["id_token"] = Kept(IdToken(grant)) });
    }

    private IResult UserInfo(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.Ordinal) || !_access.TryGetValue(header[7..], out var user)) return Error(401, "invalid_token");
        var told = Claims(user);
        if (!GroupsInToken) told["groups"] = new JsonArray([.. user.Groups.Select(g => JsonValue.Create(g))]);
        return Results.Json(told);
    }

    private string IdToken(Grant grant)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = Claims(grant.User);
        (claims["iss"], claims["aud"], claims["iat"], claims["exp"], claims["nonce"]) = (Authority, ClientId, now, now + 300, grant.Nonce);
        if (GroupsInToken) claims["groups"] = new JsonArray([.. grant.User.Groups.Select(g => JsonValue.Create(g))]);
        Tamper?.Invoke(claims);
        var header = new JsonObject { ["alg"] = SignsNothing ? "none" : "RS256", ["typ"] = "JWT", ["kid"] = "one" };
        var text = $"{Encoded(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Encoded(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        var signature = SignsNothing ? [] : (SignsWithAnotherKey ? _other : _key).SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{text}.{Encoded(signature)}";
    }

    private static JsonObject Claims(OpenIdUser user)
    {
        var claims = new JsonObject { ["sub"] = user.Subject };
        if (user.PreferredUsername is not null) claims["preferred_username"] = user.PreferredUsername;
        if (user.Email is not null) claims["email"] = user.Email;
        return claims;
    }

    private IResult Refuse(int status, string fault)
    {
        _faults.Enqueue(fault);
        return Results.Text(fault, statusCode: status);
    }

    private IResult Error(int status, string error)
    {
        _faults.Enqueue(error);
        return Results.Json(new JsonObject { ["error"] = error }, statusCode: status);
    }

    private string Kept(string secret)
    {
        Secrets.Add(secret);
        return secret;
    }

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    private static string Encoded(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private sealed record Grant(OpenIdUser User, string Callback, string Nonce, string Challenge);
}
