using Microsoft.AspNetCore.Components;

namespace KestraGitHub.Dashboard;

/// <summary>What every page and every part of one is made of.</summary>
public abstract class Part : ComponentBase
{
    [CascadingParameter]
    public HttpContext Http { get; set; } = null!;

    /// <summary>An address within the service, as a browser has to ask for it: behind a proxy a base path stands before it.</summary>
    protected string Url(string address) => Http.Request.PathBase + address;
}
