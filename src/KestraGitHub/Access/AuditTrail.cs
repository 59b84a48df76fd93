using System.Security.Claims;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.Authorization;

namespace KestraGitHub.Access;

/// <summary>
/// The one place that records who asked for a change: whatever is no reading, on a route that is not open to all, by somebody who is known, also where the
/// role did not allow it. The row is stored before the first byte of the answer leaves: whoever got an answer is in the trail.
/// </summary>
internal sealed partial class AuditTrail(AuditStore audit, RunStore runs, TimeProvider time, ILogger<AuditTrail> logger)
{
    private const string Details = "kestra-github/audit";
    private const string Left = "kestra-github/audit-left-out";
    private const string Begun = "kestra-github/begun";
    private const int MostLetters = 500;

    /// <summary>Says what else is worth knowing of the change that <paramref name="context"/> asks for.</summary>
    public static void Note(HttpContext context, string? detail)
    {
        if (!string.IsNullOrWhiteSpace(detail)) context.Items[Details] = detail.Length > MostLetters ? detail[..MostLetters] : detail;
    }

    /// <summary>Nothing is asked for a second time by whoever only has an earlier answer told again.</summary>
    public static void LeaveOut(HttpContext context) => context.Items[Left] = true;

    /// <summary>Says which run was begun, where the answer leads elsewhere.</summary>
    public static void Began(HttpContext context, string? run) => context.Items[Begun] = run;

    public static Task Record(HttpContext context, RequestDelegate next)
    {
        if (Concerns(context))
        {
            var trail = context.RequestServices.GetRequiredService<AuditTrail>();
            context.Response.OnStarting(() => trail.StoreAsync(context));
        }

        return next(context);
    }

    private static bool Concerns(HttpContext context) =>
        !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && context.User.Identity is { IsAuthenticated: true }
        && context.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;

    private async Task StoreAsync(HttpContext context)
    {
        if (context.Items.ContainsKey(Left)) return;
        try
        {
            var run = RunOf(context);
            var row = new AuditRow(
                time.GetUtcNow(), context.User.Identity?.Name ?? "", RoleOf(context.User), AccessRules.ForMachines(context.Request.Path) ? "api" : "page", ActionOf(context),
                await SyncOfAsync(context, run), run, context.Items[Details] as string, context.Response.StatusCode);
            await audit.AddAsync(row, CancellationToken.None);
        }
        catch (StorageUnavailableException e)
        {
            // The answer is on its way and says what became of the wish: it is not withheld for the trail.
            Log.Lost(logger, context.User.Identity?.Name ?? "", ActionOf(context), e.Message);
        }
    }

    /// <summary>The last word of the route: it is what the buttons and the commands are called.</summary>
    private static string ActionOf(HttpContext context) =>
        ((RouteEndpoint)context.GetEndpoint()!).RoutePattern.RawText!.Split('/')[^1] switch { "runs" => "run", "drift" => "look for drift", var word => word };

    /// <summary>The run that was begun, that the answer leads to, or that the route names.</summary>
    private static string? RunOf(HttpContext context)
    {
        if (context.Items[Begun] is string run) return run;
        var parts = context.Response.Headers.Location.ToString().Split('/');
        return parts is [.., "runs", { Length: > 0 } begun] ? begun : context.Request.RouteValues["id"] as string;
    }

    private async Task<SyncKey> SyncOfAsync(HttpContext context, string? run)
    {
        var values = context.Request.RouteValues;
        if (values["tenant"] is string tenant && (values["namespace"] ?? values["space"]) is string space && values["flow"] is string flow) return new(tenant, space, flow);
        return run is not null && await runs.GetAsync(run, CancellationToken.None) is { } row ? row.Sync : SyncKey.None;
    }

    private static string RoleOf(ClaimsPrincipal user) =>
        new[] { Policies.Admin, Policies.Operator, Policies.Viewer, Policies.Cloner }.FirstOrDefault(user.IsInRole) ?? "";

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The audit trail lacks that {Actor} asked for {Action}: {Reason}")]
        public static partial void Lost(ILogger logger, string actor, string action, string reason);
    }
}
