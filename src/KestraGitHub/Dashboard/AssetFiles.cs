using System.Collections.Frozen;
using System.Security.Cryptography;

namespace KestraGitHub.Dashboard;

/// <summary>
/// The style sheet, the script and the icons. They travel inside the assembly, so they are found from whatever directory the service is started in,
/// and their address holds a digest of them all, so they can be kept for ever.
/// </summary>
internal static class AssetFiles
{
    private const string Prefix = "Dashboard/";

    private static readonly FrozenDictionary<string, byte[]> Files = Load();

    private static readonly string Digest = Convert.ToHexStringLower(SHA256.HashData(
        [.. Files.OrderBy(f => f.Key, StringComparer.Ordinal).SelectMany(f => SHA256.HashData(f.Value))]))[..16];

    public static string Url(string name) => $"/assets/{Digest}/{name}";

    public static void MapAssets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/assets/{digest}/{name}", Get).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/favicon.ico", (HttpRequest request) => TypedResults.Redirect(request.PathBase + Url("favicon.svg"))).AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult Get(string digest, string name, HttpContext context)
    {
        if (!Files.TryGetValue(name, out var content)) return TypedResults.NotFound();
        // A page of the version before this one asks by another digest: it gets what there is, but must not keep it under that name.
        context.Response.Headers.CacheControl = digest == Digest ? "public, max-age=31536000, immutable" : "no-cache";
        return TypedResults.Bytes(content, TypeOf(name), entityTag: new($"\"{Digest}\""));
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };

    private static FrozenDictionary<string, byte[]> Load()
    {
        var assembly = typeof(AssetFiles).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(n => n[Prefix.Length..], n =>
            {
                using var stream = assembly.GetManifestResourceStream(n)!;
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                return content;
            });
    }
}
