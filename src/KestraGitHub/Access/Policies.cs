namespace KestraGitHub.Access;

/// <summary>Names for <c>RequireAuthorization</c> and <c>[Authorize]</c>. A route that names none needs a viewer.</summary>
public static class Policies
{
    public const string Cloner = "cloner";
    public const string Viewer = "viewer";
    public const string Operator = "operator";
    public const string Admin = "admin";
}
