using Microsoft.AspNetCore.HttpOverrides;

namespace KestraGitHub.Access;

/// <summary>
/// Before everything else, so that all that follows sees the address, the scheme, the host and the base path that the caller sees. The base is set
/// whether the proxy leaves it in the path or takes it off; a path without it is answered too, as a probe that comes past the proxy needs it.
/// </summary>
internal sealed class BehindProxy(HttpOptions options) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (options.SignIn.ByProxy)
        {
            // Before the address becomes the one that the proxy tells.
            var (trusts, headers) = (HttpOptions.Trust(options), (string[])[options.SignIn.UserHeader, options.SignIn.GroupsHeader]);
            app.Use((context, rest) =>
            {
                if (!trusts(context.Connection.RemoteIpAddress))
                    foreach (var header in headers) context.Request.Headers.Remove(header);
                return rest(context);
            });
        }

        // Without a list the framework's middleware would believe everybody: it is there only where somebody is trusted.
        if (options.TrustedProxies.Count > 0) app.UseForwardedHeaders(Forwarded(options));
        if (options.PathBase.Length > 0)
        {
            var start = new PathString(options.PathBase);
            app.Use((context, rest) =>
            {
                context.Request.PathBase = start;
                if (context.Request.Path.StartsWithSegments(start, out var path)) context.Request.Path = path.HasValue ? path : "/";
                return rest(context);
            });
        }

        next(app);
    };

    private static ForwardedHeadersOptions Forwarded(HttpOptions options)
    {
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All, ForwardLimit = null };
        // The framework's own list holds the addresses of this machine.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in options.TrustedProxies) forwarded.KnownIPNetworks.Add(HttpOptions.Network(proxy)!.Value);
        return forwarded;
    }
}
