namespace KestraGitHub.Access;

/// <summary>A refusal in the words of RFC 9457.</summary>
internal static class Refusal
{
    public static Task WriteAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        return Results.Problem(detail: detail, statusCode: status).ExecuteAsync(context);
    }
}
