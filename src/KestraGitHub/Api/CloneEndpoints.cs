using System.Security.Claims;
using KestraGitHub.Access;
using KestraGitHub.Definitions;
using KestraGitHub.Git;
using KestraGitHub.Runs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace KestraGitHub.Api;

/// <summary><c>/api/v1/{tenant}/clones</c>: the repository of a <c>Clone</c> task as a file, for a task of Kestra to download.</summary>
internal static class CloneEndpoints
{
    /// <summary>Names the commit that was packed.</summary>
    public const string CommitHeader = "X-Git-Commit";

    private const string Description =
        "The whole repository at the task's commit, tag or branch (in this order), as a clone has it; the branch is asked of the Git server each time. " +
        "An archive has no history and no `.git`: `depth`, `cloneAllBranches` and `noTags` are taken and change nothing, `directory` is the folder of all entries, " +
        "`cloneSubmodules` puts the submodules' files in their places. Links stay links. The ETag stands for the bytes: send it as `If-None-Match`, " +
        "or as `If-Range` with `Range` to go on with a broken download. The header `X-Git-Commit` names the commit.";

    public static void MapClones(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/{tenant}/clones/{namespace}/{flow}").WithTags("Clones").RequireAuthorization(Policies.Cloner);
        Map(group, "/{task}.tar.gz", ArchiveFormat.TarGz, "GetCloneTarGz", "application/gzip");
        Map(group, "/{task}.zip", ArchiveFormat.Zip, "GetCloneZip", "application/zip");
    }

    private static void Map(RouteGroupBuilder group, string route, ArchiveFormat format, string name, string media)
    {
        group.MapGet(route, Handle).WithName(name).WithSummary($"The repository of a Clone task as {(format == ArchiveFormat.Zip ? ".zip" : ".tar.gz")}")
            .WithDescription(Description)
            .Produces<byte[]>(StatusCodes.Status200OK, media).Produces<byte[]>(StatusCodes.Status206PartialContent, media)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status416RangeNotSatisfiable)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status502BadGateway)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout).ProducesProblem(StatusCodes.Status507InsufficientStorage);

        Task<IResult> Handle(
            string tenant, string @namespace, string flow, string task, HttpContext context, ClaimsPrincipal user, [FromServices] CloneDesk desk,
            CancellationToken ct) => AnswerAsync(new(tenant, @namespace, flow), task, format, media, context, user, desk, ct);
    }

    private static async Task<IResult> AnswerAsync(
        SyncKey sync, string task, ArchiveFormat format, string media, HttpContext context, ClaimsPrincipal user, CloneDesk desk, CancellationToken ct)
    {
        if (!AccessScope.Of(user).Allows(sync)) return Problems.NotFound("task that clones");
        var asked = desk.Find(sync, task);
        if (asked.Task is not { } clone) return Refusal(sync, asked);
        try
        {
            var head = await desk.ResolveAsync(clone, null, ct);
            var tag = new EntityTagHeaderValue($"\"{GitMirrors.ArchiveTag(clone, head.Commit, format)}\"");
            context.Response.Headers[CommitHeader] = head.Commit;
            context.Response.Headers.CacheControl = "private, no-cache";
            if (Has(context.Request, tag))
            {
                context.Response.Headers.ETag = tag.ToString();
                return TypedResults.StatusCode(StatusCodes.Status304NotModified);
            }

            var file = await desk.OpenArchiveAsync(clone, head, format, ct);
            return TypedResults.Stream(file, media, FileName(sync, task, head.Commit, format), entityTag: tag, enableRangeProcessing: true);
        }
        catch (GitException e)
        {
            context.Response.Headers.CacheControl = "no-store";
            return Problems.Named(KindOf(e), e.Message);
        }
    }

    /// <summary>Asked before the archive is made: who has it already waits for nothing.</summary>
    private static bool Has(HttpRequest request, EntityTagHeaderValue tag) =>
        request.GetTypedHeaders().IfNoneMatch.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(tag, useStrongComparison: false));

    private static string FileName(SyncKey sync, string task, string commit, ArchiveFormat format) =>
        $"{sync.Flow}-{task}-{commit[..12]}{(format == ArchiveFormat.Zip ? ".zip" : ".tar.gz")}";

    private static ProblemHttpResult Refusal(SyncKey sync, CloneAsked asked) => asked.Outcome switch
    {
        CloneOutcome.Broken => Problems.Broken(sync, asked.Faults),
        CloneOutcome.NotKnown => Problems.Broken(sync, asked.Faults),
        CloneOutcome.Disabled => Problems.Conflict($"The sync {sync}, or its task, is disabled. Remove `disabled: true` from its file."),
        _ => Problems.NotFound("task that clones"),
    };

    private static string KindOf(GitException e) => e.Kind switch
    {
        GitErrorKind.NotFound => "not-found",
        GitErrorKind.Name => "unsafe-name",
        GitErrorKind.TooBig => "repository-too-large",
        GitErrorKind.DiskFull => "disk-full",
        GitErrorKind.Timeout => "git-slow",
        _ => "git",
    };
}
