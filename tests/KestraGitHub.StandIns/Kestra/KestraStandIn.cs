using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KestraGitHub.StandIns.Kestra.Routes;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace KestraGitHub.StandIns.Kestra;

/// <summary>One call as it was answered. Status 0: the caller got no (whole) answer.</summary>
public sealed record RecordedCall(string Method, string Path, string Query, int Status, long ContentLength, bool Known);

/// <summary>One call from end to end: who called, and the moments (<see cref="Stopwatch"/> ticks) at which it had come in whole and was answered.</summary>
public sealed record EndedCall(string Method, string Path, string Username, string Body, long Began, long Ended);

/// <summary>A small double of a Kestra server that answers like the recordings beside it.</summary>
public sealed class KestraStandIn : IAsyncDisposable
{
    private readonly KestraStandInOptions options;
    private readonly RouteTable routes = new();
    private readonly ConcurrentQueue<RecordedCall> calls = new();
    private readonly Costs? costs;
    private WebApplication app = null!;

    private KestraStandIn(KestraStandInOptions options)
    {
        this.options = options;
        State = new KestraState(options);
        PutAbsentHangs = options.PutAbsentHangs;
        costs = options.Costs ? new Costs(options.IsV2) : null;
        MiscRoutes.Add(routes, options);
        FlowRoutes.Add(routes, options, this);
        FlowBulkRoutes.Add(routes, options, State);
        FlowSearchRoutes.Add(routes, options, State);
        FlowValidateRoutes.Add(routes, options, State);
        FlowImportRoutes.Add(routes, options, State);
        NamespaceFileRoutes.Add(routes, options, State);
        NamespaceRoutes.Add(routes, options, State);
        KvRoutes.Add(routes, options, State);
        DashboardRoutes.Add(routes, options, State);
        ExecutionRoutes.Add(routes, options, State);
        AppRoutes.Add(routes, options, State);
        UnitTestRoutes.Add(routes, options, State);
    }

    public Uri BaseUrl { get; private set; } = null!;

    public KestraState State { get; }

    public FaultRules Faults { get; } = new();

    /// <summary>A PUT of an absent flow never answers.</summary>
    public bool PutAbsentHangs { get; set; }

    /// <summary>Called with method and path when a call has come in whole, before anything is done about it.</summary>
    public Action<string, string>? Arrived { get; set; }

    /// <summary>Called when a call ended, however it did.</summary>
    public Action<EndedCall>? Ended { get; set; }

    public IReadOnlyList<RecordedCall> Calls => [.. calls];

    /// <summary>Calls that a real server of this version and edition has no route for: a client should never make one.</summary>
    public IReadOnlyList<RecordedCall> UnknownCalls => [.. calls.Where(c => !c.Known)];

    public void ClearCalls() => calls.Clear();

    public static async Task<KestraStandIn> StartAsync(KestraStandInOptions? options = null)
    {
        var standIn = new KestraStandIn(options ?? new KestraStandInOptions());
        await standIn.ListenAsync();
        return standIn;
    }

    public async ValueTask DisposeAsync()
    {
        // Hanging calls must not hold the end up.
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await app.StopAsync(soon.Token);
        await app.DisposeAsync();
        costs?.Dispose();
    }

    private async Task ListenAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = null;
            server.Limits.MaxRequestLineSize = 64 * 1024; // Longer lines than the real server's 4 KB must reach us to get its 413.
            server.Listen(IPAddress.Loopback, options.Port);
        });
        app = builder.Build();
        app.Run(ServeAsync);
        await app.StartAsync();
        var server = (Microsoft.AspNetCore.Hosting.Server.IServer)app.Services.GetService(typeof(Microsoft.AspNetCore.Hosting.Server.IServer))!;
        BaseUrl = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    private async Task ServeAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (target.StartsWith("/_standin/", StringComparison.Ordinal))
        {
            await ControlRoutes.Serve(this, context.Request.Method, target, body.ToArray()).SendAsync(context, cut: false);
            return;
        }

        var call = new Call
        {
            Method = context.Request.Method,
            RawTarget = target,
            Headers = context.Request.Headers,
            Body = body.ToArray(),
            Query = Call.ReadQuery(target),
            BaseUrl = $"http://{context.Request.Host}",
        };
        Arrived?.Invoke(call.Method, call.RawPath);
        var began = Stopwatch.GetTimestamp();
        try
        {
            await ServeAsync(call, context, target);
        }
        finally
        {
            Ended?.Invoke(new EndedCall(call.Method, call.RawPath, SignIn.UsernameOf(call), Encoding.UTF8.GetString(call.Body), began, Stopwatch.GetTimestamp()));
        }
    }

    private async Task ServeAsync(Call call, HttpContext context, string target)
    {
        var known = true;
        var status = 0;
        try
        {
            var fault = Faults.Next(call.Method, target);
            if (fault is { Effect: FaultEffect.Latency })
            {
                await Task.Delay(fault.LatencyMs, app.Lifetime.ApplicationStopping); // Not cut short by a caller that gives up: the call still arrives.
            }

            if (fault is { Effect: FaultEffect.Hang })
            {
                throw new NeverAnswers();
            }

            Answer answer;
            if (Instead(fault) is { } other)
            {
                answer = other;
            }
            else
            {
                await call.ReadPartsAsync();
                (answer, known) = await AnswerAsync(call, context.RequestAborted);
            }

            if (fault is { Effect: FaultEffect.Drop })
            {
                context.Abort();
            }
            else
            {
                var cut = fault is { Effect: FaultEffect.CutBody };
                await answer.SendAsync(context, cut);
                status = cut || context.RequestAborted.IsCancellationRequested ? 0 : answer.Status;
            }
        }
        catch (NeverAnswers)
        {
            Log(call, 0, true); // At once: a test wants to see the call while it hangs.
            using var both = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, app.Lifetime.ApplicationStopping);
            await Task.Delay(Timeout.Infinite, both.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            context.Abort();
            return;
        }
        catch (OperationCanceledException)
        {
        }

        Log(call, status, known);
    }

    private void Log(Call call, int status, bool known)
    {
        var at = call.RawTarget.IndexOf('?', StringComparison.Ordinal);
        calls.Enqueue(new RecordedCall(call.Method, call.RawPath, at < 0 ? "" : call.RawTarget[(at + 1)..], status, call.Body.Length, known));
    }

    private static Answer? Instead(FaultRule? fault) => fault?.Effect switch
    {
        FaultEffect.Status when fault.RetryAfter is { } seconds =>
            Answer.Empty(fault.Status).With("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)),
        FaultEffect.Status when fault.Body is { } body => new Answer(fault.Status, "application/json", Encoding.UTF8.GetBytes(body)),
        FaultEffect.Status => Answer.Empty(fault.Status),
        FaultEffect.Html => new Answer(200, "text/html; charset=utf-8", "<!doctype html><title>Sign in</title><h1>Please sign in</h1>"u8.ToArray()),
        _ => null,
    };

    private async Task<(Answer Answer, bool Known)> AnswerAsync(Call call, CancellationToken cancellation)
    {
        var matched = false;
        try
        {
            if ($"{call.Method} {call.RawTarget} HTTP/1.1".Length > 4096)
            {
                throw new KestraError(413, "Request Entity Too Large", new Violation("Request Entity Too Large", ""));
            }

            var found = Find(call);
            matched = found.Route is not null;
            if (found is { Route: not null, Fault.Status: 500 })
            {
                throw found.Fault; // Two routes for one call: that comes before anything else [auth.families: none PUT].
            }

            if (found.Route is { Tenant: true } && !options.IsEnterprise && call.Tenant != "main")
            {
                throw new KestraError(400, "Bad Request: Tenant must be 'main' for OSS version");
            }

            if (SignIn.Refusal(call, found.Route, options) is { } refusal)
            {
                return (refusal, true);
            }

            if (found.Route is null || found.Fault is not null)
            {
                throw found.Fault ?? KestraError.NotFound();
            }

            return (await HandleAsync(call, found.Route, cancellation), true);
        }
        catch (KestraError e)
        {
            var answer = ErrorShapes.Render(e, call, options.ProblemDetails, matched, options.Edition.ToUpperInvariant());
            return (answer, matched && e.Status != 405);
        }
    }

    /// <summary>The work first, then its price: a caller that gives up does not undo what it asked for.</summary>
    private async Task<Answer> HandleAsync(Call call, Route route, CancellationToken cancellation)
    {
        var (clock, flows) = (new Stopwatch(), 0);
        try
        {
            lock (State.Gate)
            {
                // Waiting for the gate is not work: it would be taken off the price of a call that did nothing yet.
                clock.Start();
                flows = State[call.Tenant].Flows.Count;
                return route.Handler(call);
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or JsonException or RegexMatchTimeoutException)
        {
            throw new KestraError(500, $"Internal server error: {e.Message}");
        }
        finally
        {
            if (costs is not null)
            {
                await costs.ChargeAsync(call, flows, clock.Elapsed, cancellation);
            }
        }
    }

    private RouteTable.Found Find(Call call)
    {
        var accept = call.Headers.Accept.ToString();
        var found = routes.Find(call.Method, call.RawPath, call.MediaType, accept);
        if (found.Route is null && !options.IsEnterprise && call.RawPath.StartsWith("/api/v1/", StringComparison.Ordinal))
        {
            // OSS still answers without the tenant, but only where no other route matches [probe.tenant].
            found = routes.Find(call.Method, "/api/v1/main/" + call.RawPath["/api/v1/".Length..], call.MediaType, accept);
        }

        if (found.Variables is { } variables)
        {
            call.Path = variables;
            call.Tenant = variables.GetValueOrDefault("tenant", "main");
        }

        return found;
    }
}
