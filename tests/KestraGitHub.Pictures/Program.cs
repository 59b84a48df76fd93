using KestraGitHub.Pictures;

if (args is not [{ Length: > 0 } wish] || wish is "--help" or "-h")
{
    Console.WriteLine("usage: bash tests/screenshots.sh OUT       a picture of each page, width and theme, after a made-up month");
    Console.WriteLine("       bash tests/screenshots.sh --stay    shows the same month in your own browser until Ctrl-C");
    return args is ["--help" or "-h"] ? 0 : 2;
}

await using var house = await House.StartAsync();
await Scenes.PlayAsync(house);
if (wish == "--stay")
{
    Console.WriteLine($"{house.Address}  token: {House.Token}");
    await house.WaitAsync();
    return 0;
}

var pages = await Album.PagesAsync(house);
await Camera.TakeAsync(house.Address, pages, Directory.CreateDirectory(wish).FullName);
return 0;
