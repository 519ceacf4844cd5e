import asyncio

async def main():
    return 42

answer = asyncio.run(main())
