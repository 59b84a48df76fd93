using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace KestraGitHub.Access;

/// <summary>Whether a provider can be reached and says what a sign-in needs.</summary>
internal static class OpenIdProbe
{
    /// <returns>What was found, as a sentence.</returns>
    /// <exception cref="HttpRequestException">It cannot be used; the message says the cure.</exception>
    public static async Task<string> LookAsync(OpenIdOptions options, CancellationToken ct)
    {
        using var http = new HttpClient(options.Handler());
        var address = options.Issuer + "/.well-known/openid-configuration";
        OpenIdConnectConfiguration found;
        try
        {
            found = await OpenIdConnectConfigurationRetriever.GetAsync(address, new HttpDocumentRetriever(http) { RequireHttps = options.IsSecure }, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new HttpRequestException($"{address} cannot be read: {(e.InnerException ?? e).Message} Look at Http:SignIn:OpenId:Authority, and whether it can be reached from here.", e);
        }

        if (found.Issuer?.TrimEnd('/') != options.Issuer)
            throw new HttpRequestException($"{address} is of {found.Issuer}: write that into Http:SignIn:OpenId:Authority.");
        if (found.AuthorizationEndpoint is null || found.TokenEndpoint is null || found.SigningKeys.Count == 0)
            throw new HttpRequestException($"{address} does not tell where to sign in, where to get tokens and what they are signed with: it is no OpenID Connect provider.");
        return $"{found.Issuer} with {found.SigningKeys.Count} keys; people come back to {OpenIdSignIn.Callback}, which has to be registered there after the address of this service";
    }
}
